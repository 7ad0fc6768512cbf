import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArgValue, FilterSpec } from '../src/plugin/index.ts';
import { faultOf } from '../test/kit/specs.ts';
import { builtinFilters } from './index.ts';

const FAULTS: [name: string, args: ArgValue[], index: number, message: RegExp][] = [
  ['setRequestHeader', ['X-A'], -1, /expects 2 arguments \(name, value\), found 1/],
  ['setRequestHeader', ['X A', '1'], 0, /expected a header name, found "X A"/],
  ['setRequestHeader', ['', '1'], 0, /expected a header name/],
  ['setRequestHeader', [7, '1'], 0, /expected a string, found the number 7/],
  ['setRequestHeader', ['X-A', 1], 1, /expected a string/],
  ['setRequestHeader', ['X-A', 'a\r\nb'], 1, /control character/],
  ['setRequestHeader', ['Host', 'a b'], 1, /expected a host/],
  ['setRequestHeader', ['content-length', '1'], 0, /content-length belongs to the connection/],
  ['appendRequestHeader', ['Transfer-Encoding', 'chunked'], 0, /belongs to the connection/],
  ['setResponseHeader', ['Connection', 'close'], 0, /belongs to the connection/],
  ['modResponseHeader', ['Content-Length', '1', '2'], 0, /belongs to the connection/],
  ['modRequestHeader', ['X-A', '(', ''], 1, /argument 2/],
  ['modRequestHeader', ['X-A', 'a', '\n'], 2, /control character/],
  ['copyRequestHeader', ['X-A', 'Upgrade'], 1, /belongs to the connection/],
  ['copyResponseHeader', ['X-A'], -1, /expects 2/],
  ['dropRequestHeader', [], -1, /expects 1 argument/],
  ['dropRequestHeader', ['X-A', 'X-B'], -1, /found 2/],
  ['preserveHost', ['yes'], 0, /expected one of "true", "false", found "yes"/],
  ['preserveHost', [], -1, /expects 1/],
  ['setPath', [], -1, /expects 1/],
  ['setPath', [1], 0, /expected a string/],
  ['modPath', ['(?=a)', 'b'], 0, /argument 1/],
  ['modPath', ['a'], -1, /expects 2/],
  ['setQuery', [], -1, /expects 1 to 2 arguments/],
  ['setQuery', ['a', 'b', 'c'], -1, /found 3/],
  ['dropQuery', [1], 0, /expected a string/],
  ['stripQuery', ['maybe'], 0, /expected "true" or "false"/],
  ['redirectTo', [], -1, /expects 1 to 2/],
  ['redirectTo', ['302'], 0, /expected a number/],
  ['redirectTo', [200], 0, /from 300 to 399/],
  ['redirectTo', [302.5], 0, /integer/],
  ['redirectTo', [302, '/%zz'], 1, /two hexadecimal digits/],
  ['redirectTo', [302, '/a\nb'], 1, /control character/],
  ['redirectTo', [302, 'http://a b/'], 1, /expected a host/],
  ['redirectTo', [302, 'example.org:8080/x'], 1, /expected "\/\/" behind "example.org:"/],
  ['redirectToLower', [302, 7], 1, /expected a string/],
  ['requestCookie', ['', '1'], 0, /cookie name/],
  ['requestCookie', ['a b', '1'], 0, /cookie name/],
  ['requestCookie', ['a', '1;b=2'], 1, /cookie value/],
  ['requestCookie', ['a', 'é'], 1, /cookie value/],
  ['requestCookie', ['a', '1', 5], -1, /expects 2/],
  ['responseCookie', ['a', '1', '5'], 2, /expected a number/],
  ['responseCookie', ['a', '1', 5, 'always'], 3, /expected one of "change-only"/],
  ['dropRequestCookie', [''], 0, /cookie name/],
  ['dropResponseCookie', [], -1, /expects 1/],
  ['xforward', ['x'], -1, /expects 0/],
  ['corsOrigin', [1], 0, /expected a string/],
  ['corsOrigin', ['https://a', 'b\n'], 1, /control character/],
  ['flowId', ['again'], 0, /expected "reuse"/],
  ['flowId', [false as unknown as ArgValue], 0, /expected "reuse"/],
  ['setDynamicBackendUrl', ['a.example'], 0, /no scheme; did you mean "http:\/\/a.example"/],
  ['setDynamicBackendUrl', ['ftp://a.example'], 0, /neither http nor https/],
  ['setDynamicBackendUrl', ['http://u@a.example'], 0, /credentials/],
  ['setDynamicBackendHost', ['http://a.example'], 0, /expected a host/],
  ['setDynamicBackendScheme', ['ftp'], 0, /expected one of "http", "https"/],
  ['status', [], -1, /expects 1/],
  ['status', [100], 0, /from 200 to 599/],
  ['status', [1000], 0, /from 200 to 599/],
  ['status', ['200'], 0, /expected a number/],
  ['annotate', ['a'], -1, /expects 2/],
  ['consistentHashKey', [], -1, /expects 1/],
  ['backendTimeout', [5], 0, /expected a duration/],
  ['backendTimeout', ['0s'], 0, /above 0/],
  ['backendTimeout', ['-1s'], 0, /above 0/],
  ['backendTimeout', ['soon'], 0, /expected a duration/],
];

test('arguments at fault are named, with their place', () => {
  for (const [name, args, index, message] of FAULTS) {
    const spec = builtinFilters.find((each) => each.name === name) as FilterSpec;
    const fault = faultOf(spec, args);
    assert.ok(fault !== null, `${name} takes ${JSON.stringify(args)}`);
    assert.equal(fault.index, index, `${name} ${JSON.stringify(args)}: ${fault.message}`);
    assert.match(fault.message, message, `${name} ${JSON.stringify(args)}`);
  }
});
