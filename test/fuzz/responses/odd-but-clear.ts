import type { Play } from './generate.ts';

/** What src/upstream takes from origins though llhttp does not: it can be read in one way only. */
const ODDITIES: readonly RegExp[] = [
  // A later minor version (RFC 9110 §6.2).
  /^HTTP\/1\.[2-9] /m,
  // A blank before a colon (RFC 9112 §5.1).
  /^[^\s:]+[ \t]+:/m,
  // Blanks in the line of a chunk's size (RFC 9112 §7.1.1).
  /^[0-9A-Fa-f]+[^\r\n]*[ \t][^\r\n]*\r$/m,
  // Interim responses that speak of the connection or of content (RFC 9112 §6.3, §9.6).
  /^HTTP\/1\.\d 1\d\d /m,
  // Fields among the trailers that frame (RFC 9110 §6.5.1).
  /\n0+[^\n]*\r\n(?:[^\r\n]+\r\n)*(?:Content-Length|Transfer-Encoding)[ \t]*:/i,
];

/** Fields that frame, in a head behind which no content can be (RFC 9112 §6.3): they say nothing, whatever they say. */
const FRAMING = /^(?:Content-Length|Transfer-Encoding)[ \t]*:/im;
const BARE = /^HTTP\/1\.\d (?:204|304) /m;

/** Says whether bytes may be taken that llhttp refuses: it has no say there. */
export function isOddButClear(play: Play): boolean {
  return ODDITIES.some((oddity) => oddity.test(play.bytes)) || isBareButFramed(play);
}

/** Says whether the head frames content that cannot be: what llhttp says of that means nothing either. */
export function isBareButFramed({ method, bytes }: Play): boolean {
  return FRAMING.test(bytes) && (method === 'HEAD' || BARE.test(bytes));
}
