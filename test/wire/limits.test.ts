import { answerEcho, type Dialogue, dialogues, get, ok, refused, request } from './kit.ts';

const CHUNKED = 'Transfer-Encoding: chunked';
/** `/` and so many letters. */
const path = (letters: number) => `/${'a'.repeat(letters)}`;
/** A field line of exactly `bytes`, its CRLF included. */
const field = (bytes: number) => `A: ${'b'.repeat(bytes - 5)}`;

const head: Dialogue[] = [
  {
    name: 'a request line at the limit',
    rfc: '9112 §3',
    options: { maxRequestLineBytes: 30 },
    send: get(path(16)),
    expect: ok('ok'),
    ends: 'open',
  },
  {
    name: 'a request line beyond it',
    rfc: '9110 §15.5.15',
    options: { maxRequestLineBytes: 30 },
    send: get(path(17)),
    expect: refused(414),
  },
  {
    name: 'a request line without end',
    rfc: '9110 §15.5.15',
    options: { maxRequestLineBytes: 30 },
    send: `GET ${path(60)}`,
    expect: refused(414),
  },
  {
    name: 'header bytes at the limit',
    rfc: '6585 §5',
    options: { maxHeaderBytes: 200 },
    send: get('/', field(191)),
    expect: ok('ok'),
    ends: 'open',
  },
  {
    name: 'header bytes beyond it',
    rfc: '6585 §5',
    options: { maxHeaderBytes: 200 },
    send: get('/', field(192)),
    expect: refused(431),
  },
  {
    name: 'header bytes without end',
    rfc: '6585 §5',
    options: { maxHeaderBytes: 200, maxRequestLineBytes: 30 },
    send: `GET / HTTP/1.1\r\n${field(400)}`,
    expect: refused(431),
  },
  {
    name: 'field lines without end, in small segments',
    rfc: '6585 §5',
    options: { maxHeaderBytes: 200, maxRequestLineBytes: 30 },
    send: ['GET / HTTP/1.1\r\n', ...new Array<string>(40).fill('A: bcd\r\n')],
    expect: refused(431),
  },
  {
    name: 'the number of fields at the limit',
    rfc: '6585 §5',
    options: { maxHeaders: 3 },
    send: get('/', 'A: 1', 'B: 2'),
    expect: ok('ok'),
    ends: 'open',
  },
  {
    name: 'the number of fields beyond it',
    rfc: '6585 §5',
    options: { maxHeaders: 3 },
    send: get('/', 'A: 1', 'B: 2', 'C: 3'),
    expect: refused(431),
  },
  {
    name: 'the defaults take a head of 60 KiB',
    rfc: '9110 §5.4',
    send: get(path(16_000), field(60_000)),
    expect: ok('ok'),
    ends: 'open',
  },
];

const content: Dialogue[] = [
  {
    name: 'Content-Length at the limit',
    rfc: '9110 §15.5.14',
    options: { maxBodyBytes: 5 },
    send: request('POST', '/', 'hello', 'Content-Length: 5'),
    expect: ok('hello'),
    ends: 'open',
    answer: answerEcho,
  },
  {
    name: 'Content-Length beyond it, refused before the content comes',
    rfc: '9110 §15.5.14',
    options: { maxBodyBytes: 5 },
    send: request('POST', '/', '', 'Content-Length: 6'),
    expect: refused(413),
    saw: [],
  },
  {
    name: 'chunks at the limit',
    rfc: '9110 §15.5.14',
    options: { maxBodyBytes: 5 },
    send: request('POST', '/', '2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n', CHUNKED),
    expect: ok('hello'),
    ends: 'open',
    answer: answerEcho,
  },
  {
    name: 'chunks beyond it',
    rfc: '9110 §15.5.14',
    options: { maxBodyBytes: 5 },
    send: request('POST', '/', '2\r\nhe\r\n4\r\n', CHUNKED),
    expect: refused(413),
    saw: [],
  },
  {
    name: 'chunk extensions beyond their limit, over several chunks',
    rfc: '9112 §7.1.1',
    options: { maxChunkExtensionBytes: 10 },
    send: request('POST', '/', '1;abcde\r\nx\r\n1;fghij\r\n', CHUNKED),
    expect: refused(413),
  },
  {
    name: 'a chunk extension without end',
    rfc: '9112 §7.1.1',
    options: { maxChunkExtensionBytes: 10 },
    send: request('POST', '/', `1;${'a'.repeat(40)}`, CHUNKED),
    expect: refused(413),
  },
  {
    name: 'trailers beyond their limit',
    rfc: '9112 §7.1.2',
    options: { maxTrailerBytes: 10 },
    send: request('POST', '/', '0\r\nA: b\r\nC: d\r\n\r\n', CHUNKED),
    expect: refused(431),
  },
  {
    name: 'a trailer without end',
    rfc: '9112 §7.1.2',
    options: { maxTrailerBytes: 10 },
    send: request('POST', '/', `0\r\nA: ${'b'.repeat(40)}`, CHUNKED),
    expect: refused(431),
  },
];

dialogues('limits of the head', head);
dialogues('limits of the content', content);
