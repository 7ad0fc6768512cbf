/** Skipper's names of the charsets that Node can decode, and the labels that the Encoding Standard has for them. */
const LABELS = {
  CodePage866: 'ibm866',
  ISO8859_1: 'iso-8859-1',
  ISO8859_2: 'iso-8859-2',
  ISO8859_3: 'iso-8859-3',
  ISO8859_4: 'iso-8859-4',
  ISO8859_5: 'iso-8859-5',
  ISO8859_6: 'iso-8859-6',
  ISO8859_7: 'iso-8859-7',
  ISO8859_8: 'iso-8859-8',
  ISO8859_9: 'iso-8859-9',
  ISO8859_10: 'iso-8859-10',
  ISO8859_13: 'iso-8859-13',
  ISO8859_14: 'iso-8859-14',
  ISO8859_15: 'iso-8859-15',
  ISO8859_16: 'iso-8859-16',
  KOI8R: 'koi8-r',
  KOI8U: 'koi8-u',
  Macintosh: 'macintosh',
  MacintoshCyrillic: 'x-mac-cyrillic',
  Windows874: 'windows-874',
  Windows1250: 'windows-1250',
  Windows1251: 'windows-1251',
  Windows1252: 'windows-1252',
  Windows1253: 'windows-1253',
  Windows1254: 'windows-1254',
  Windows1255: 'windows-1255',
  Windows1256: 'windows-1256',
  Windows1257: 'windows-1257',
  Windows1258: 'windows-1258',
} as const;

/** The name of a charset, as Skipper has it. */
export type Charset = keyof typeof LABELS;

/** All charsets known here. */
export const CHARSETS = Object.keys(LABELS) as Charset[];

/**
 * An encoder of text: to the octets of the charset, one char each, or to null where a character is not in it.
 * Builds a table of 256: for route loading.
 */
export function charsetEncoder(charset: Charset): (text: string) => string | null {
  const octetOf = tableOf(charset);
  return (text) => {
    let octets = '';
    for (const char of text) {
      const octet = octetOf.get(char);
      if (octet === undefined) return null;
      octets += octet;
    }
    return octets;
  };
}

/** Node only decodes these: what each octet decodes to, turned round. */
function tableOf(charset: Charset): ReadonlyMap<string, string> {
  const decoder = new TextDecoder(LABELS[charset]);
  const octetOf = new Map<string, string>();
  for (let code = 0; code < 256; code++) {
    const octet = String.fromCharCode(code);
    // The web takes ISO 8859-1 and -9 for Windows charsets, which have letters where ISO has controls.
    const isIsoControl = charset.startsWith('ISO') && code >= 0x80 && code < 0xa0;
    const char = code < 0x80 || isIsoControl ? octet : decoder.decode(Uint8Array.of(code));
    if (char !== '\ufffd') octetOf.set(char, octet);
  }
  return octetOf;
}
