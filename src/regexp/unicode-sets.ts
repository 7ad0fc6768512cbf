import { type CodePoints, MAX_CODE_POINT, normalize } from './code-points.ts';

/** The scripts that `\p{…}` names: those of Unicode 15, which Go 1.26 knows. */
const SCRIPTS = `
Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki
Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee
Chorasmian Common Coptic Cuneiform Cypriot Cypro_Minoan Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan
Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gunjala_Gondi
Gurmukhi Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inherited
Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kawi Kayah_Li Kharoshthi
Khitan_Small_Script Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani
Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui
Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean Nag_Mundari Nandinagari
New_Tai_Lue Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian
Old_Permic Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage Osmanya Pahawh_Hmong
Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian
Siddham SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le
Tai_Tham Tai_Viet Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai
Vithkuqi Wancho Warang_Citi Yezidi Yi Zanabazar_Square`;

const CATEGORIES =
  'C Cc Cf Cn Co Cs L LC Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs';

/** Long names of categories (Unicode's PropertyValueAliases). */
const CATEGORY_ALIASES = `
Cased_Letter=LC Close_Punctuation=Pe Combining_Mark=M Connector_Punctuation=Pc Control=Cc Currency_Symbol=Sc
Dash_Punctuation=Pd Decimal_Number=Nd Enclosing_Mark=Me Final_Punctuation=Pf Format=Cf Initial_Punctuation=Pi Letter=L
Letter_Number=Nl Line_Separator=Zl Lowercase_Letter=Ll Mark=M Math_Symbol=Sm Modifier_Letter=Lm Modifier_Symbol=Sk
Nonspacing_Mark=Mn Number=N Open_Punctuation=Ps Other=C Other_Letter=Lo Other_Number=No Other_Punctuation=Po
Other_Symbol=So Paragraph_Separator=Zp Private_Use=Co Punctuation=P Separator=Z Space_Separator=Zs Spacing_Mark=Mc
Surrogate=Cs Symbol=S Titlecase_Letter=Lt Unassigned=Cn Uppercase_Letter=Lu cntrl=Cc digit=Nd punct=P`;

/** Names are compared without case, spaces, underscores and hyphens (UTS #18), as Go does since 1.25. */
function canonicalName(name: string): string {
  return name.replace(/[ _-]/g, '').toLowerCase();
}

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Canonical name -> the property expression of ECMAScript that means the same. */
const EXPRESSIONS: ReadonlyMap<string, string> = new Map([
  ...words(CATEGORY_ALIASES).map((pair): [string, string] => {
    const [alias = '', name = ''] = pair.split('=');
    return [canonicalName(alias), `gc=${name}`];
  }),
  ...words(SCRIPTS).map((name): [string, string] => [canonicalName(name), `sc=${name}`]),
  ...words(CATEGORIES).map((name): [string, string] => [canonicalName(name), `gc=${name}`]),
  ['any', 'Any'],
  ['assigned', 'Assigned'],
  ['ascii', 'ASCII'],
]);

const cache = new Map<string, CodePoints>();

/** The code points of `\p{name}` (a category, its long name, or a script), or undefined for an unknown name. */
export function unicodeSet(name: string): CodePoints | undefined {
  const expression = EXPRESSIONS.get(canonicalName(name));
  if (expression === undefined) return undefined;
  let set = cache.get(expression);
  if (set === undefined) {
    set = enumerate(expression);
    cache.set(expression, set);
  }
  return set;
}

/** Asks the engine's own tables: runs of matching characters, plane by plane. */
function enumerate(expression: string): CodePoints {
  if (expression === 'Any') return [0, MAX_CODE_POINT];
  if (expression === 'gc=Cs') return [0xd800, 0xdfff];
  const runs = new RegExp(`\\p{${expression}}+`, 'gu');
  const out: number[] = [];
  for (let start = 0; start <= MAX_CODE_POINT; start += CHUNK) {
    for (const { 0: run, index } of chunkText(start).matchAll(runs)) {
      const lo = start + (start < 0x10000 ? index : index / 2);
      out.push(lo, lo + (start < 0x10000 ? run.length : run.length / 2) - 1);
    }
  }
  return normalize(out);
}

/** Divides a plane, and keeps surrogates (0xd800) on a boundary. */
const CHUNK = 0x800;

function chunkText(start: number): string {
  // Lone surrogates are in no set but Cs: their place is kept by a character which the caller never sees as theirs.
  if (start === 0xd800) return '';
  return String.fromCodePoint(...Array.from({ length: CHUNK }, (_, i) => start + i));
}
