/**
 * How hostile text is written where people and programs read lines: one encoder for both logs, in text and in JSON, and for
 * what is printed on terminals.
 * May import src/http.
 * Invariant: nothing that a client, an origin or a file says can end a line or a field, or steer a terminal.
 */
export { fieldName, fieldText, messageText, reportText } from './application-text.ts';
export { jsonLine } from './json-text.ts';
export { bareOctets, quotedOctets } from './octet-text.ts';
export { terminalText } from './visible.ts';
