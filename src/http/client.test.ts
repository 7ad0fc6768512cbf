import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NetworkSet } from './cidr.ts';
import { type Client, clientBehind } from './client.ts';
import { HeaderList } from './headers.ts';
import { Request } from './request.ts';

const trusted = new NetworkSet(['10.0.0.0/8', '::1']);
const behind = (address: string, headers: Record<string, string | string[]>): Client =>
  clientBehind({ address, scheme: 'http' }, HeaderList.of(headers), trusted);

test('addresses are believed back to the first that no trusted proxy wrote', () => {
  const cases: [peer: string, forwardedFor: string | string[], addresses: string[]][] = [
    ['192.0.2.9', '1.1.1.1', ['192.0.2.9']],
    ['10.0.0.1', '1.1.1.1', ['1.1.1.1']],
    ['10.0.0.1', '6.6.6.6, 1.1.1.1', ['1.1.1.1']],
    ['10.0.0.1', '6.6.6.6, 1.1.1.1, 10.0.0.2', ['1.1.1.1', '10.0.0.2']],
    ['10.0.0.1', ['6.6.6.6', '1.1.1.1,10.0.0.2'], ['1.1.1.1', '10.0.0.2']],
    ['10.0.0.1', '10.0.0.3, 10.0.0.2', ['10.0.0.3', '10.0.0.2']],
    ['10.0.0.1', 'unknown', ['10.0.0.1']],
    ['10.0.0.1', '1.1.1.1, unknown, 10.0.0.2', ['10.0.0.2']],
    ['10.0.0.1', '1.1.1.1, ', ['10.0.0.1']],
    ['10.0.0.1', '', ['10.0.0.1']],
    ['::1', '[2001:db8::7]:80', ['2001:db8::7']],
    ['::1', '::ffff:1.1.1.1', ['1.1.1.1']],
    ['::1', '1.1.1.1:4711', ['1.1.1.1']],
  ];
  for (const [peer, line, addresses] of cases)
    assert.deepEqual(behind(peer, { 'X-Forwarded-For': line }).addresses, addresses, `${peer} ${line}`);
});

test('Forwarded is believed in the same way, and X-Forwarded-For comes before it', () => {
  const cases: [line: string, addresses: string[], elements: object[]][] = [
    ['for=1.1.1.1;proto=https', ['1.1.1.1'], [{ for: '1.1.1.1', proto: 'https' }]],
    ['for=6.6.6.6;host=evil, FOR="1.1.1.1:80"', ['1.1.1.1'], [{ for: '1.1.1.1:80' }]],
    [
      'for=1.1.1.1, for="10.0.0.2";host=a',
      ['1.1.1.1', '10.0.0.2'],
      [{ for: '1.1.1.1' }, { for: '10.0.0.2', host: 'a' }],
    ],
    ['for=_hidden;host=a', ['10.0.0.1'], [{ for: '_hidden', host: 'a' }]],
    ['host="a, for=1.1.1.1', ['1.1.1.1'], [{ for: '1.1.1.1' }]],
    ['for=1.1.1.1;host="a;\\"b, c"', ['1.1.1.1'], [{ for: '1.1.1.1', host: 'a;"b, c' }]],
  ];
  for (const [line, addresses, elements] of cases) {
    const { addresses: found, forwarded } = behind('10.0.0.1', { Forwarded: line });
    assert.deepEqual([found, forwarded], [addresses, elements], line);
  }
  const both = behind('10.0.0.1', { Forwarded: 'for=1.1.1.1;proto=https', 'X-Forwarded-For': '2.2.2.2' });
  assert.deepEqual([both.addresses, both.scheme], [['2.2.2.2'], 'https']);
  assert.deepEqual(behind('192.0.2.9', { Forwarded: 'for=1.1.1.1;proto=https' }).forwarded, []);
});

test('the scheme is that of the proxy nearest to the client', () => {
  const cases: [peer: string, headers: Record<string, string>, scheme: string][] = [
    ['192.0.2.9', { 'X-Forwarded-Proto': 'https' }, 'http'],
    ['10.0.0.1', { 'X-Forwarded-Proto': 'HTTPS' }, 'https'],
    ['10.0.0.1', { 'X-Forwarded-Proto': 'http, https' }, 'https'],
    ['10.0.0.1', { 'X-Forwarded-Proto': 'https, http', 'X-Forwarded-For': '1.1.1.1, 10.0.0.2' }, 'https'],
    ['10.0.0.1', { 'X-Forwarded-Proto': 'gopher' }, 'http'],
    ['10.0.0.1', { Forwarded: 'for=1.1.1.1;proto=https' }, 'https'],
    ['10.0.0.1', { Forwarded: 'proto=https, for=1.1.1.1' }, 'http'],
  ];
  for (const [peer, headers, scheme] of cases)
    assert.equal(behind(peer, headers).scheme, scheme, JSON.stringify(headers));
});

test('who the client is stays, whatever filters write, and for copies', () => {
  const headers = HeaderList.of({ 'X-Forwarded-For': '1.1.1.1' });
  const request = new Request({ method: 'GET', target: '/', host: 'h', headers, remoteAddress: '::ffff:10.0.0.1' });
  assert.deepEqual([request.clientAddress, request.client.addresses], ['10.0.0.1', ['10.0.0.1']]);
  request.believe(trusted);
  headers.delete('X-Forwarded-For');
  assert.equal(request.clientAddress, '1.1.1.1');
  assert.equal(request.copy(null).clientAddress, '1.1.1.1');
});
