import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alternativeNames, commonName, distinguishedName } from './certificate-names.ts';

// The texts are what Node 26 says of certificates made by OpenSSL 3.
describe('names in certificates', () => {
  const subjects: [lines: string, name: string, common: string | null][] = [
    ['C=DE\nO=Example\nCN=ada', 'CN=ada,O=Example,C=DE', 'ada'],
    ['O=Example\\, Inc\nCN=Test CA', 'CN=Test CA,O=Example\\, Inc', 'Test CA'],
    ['CN=leaf + OU=dept\nCN=second', 'CN=second,CN=leaf+OU=dept', 'second'],
    ['OU=x\\+ CN=y\nL=Z + CN=a\\+b', 'L=Z+CN=a\\+b,OU=x\\+ CN=y', 'a+b'],
    ['CN=a\\"b\\\\\\ ', 'CN=a\\"b\\\\\\ ', 'a"b\\ '],
    ['CN=two\\0ADNS=z', 'CN=two\\0ADNS=z', 'two\nDNS=z'],
    ['CN=\\ ädä\\09x\\ ', 'CN=\\ ädä\\09x\\ ', ' ädä\tx '],
    ['C=DE\nO=CN=x', 'O=CN=x,C=DE', null],
    ['', '', null],
  ];
  for (const [lines, name, common] of subjects) {
    it(`reads the distinguished name ${JSON.stringify(lines)}`, () => {
      assert.equal(distinguishedName(lines), name);
      assert.equal(commonName(lines), common);
    });
  }

  const alternatives: [text: string, names: { dns?: string[]; ips?: string[]; uris?: string[] }][] = [
    ['', {}],
    ['DNS:a.example', { dns: ['a.example'] }],
    [
      'DNS:a.example, DNS:*.b.example, IP Address:10.0.0.1, IP Address:2001:DB8:0:0:0:0:0:1, URI:spiffe://x/ns/a, email:a@b.c',
      { dns: ['a.example', '*.b.example'], ips: ['10.0.0.1', '2001:DB8:0:0:0:0:0:1'], uris: ['spiffe://x/ns/a'] },
    ],
    ['DNS:"x\\u002c IP Address:1.2.3.4", DNS:y', { dns: ['x, IP Address:1.2.3.4', 'y'] }],
    [
      'DirName:"CN=hidden \\\\+ x\\u002cO=a\\\\\\u002c DNS:evil.example\\u002cC=DE", othername:<unsupported>, URI:"http://x/a\\u002cb", Registered ID:1.2.3, DNS:z',
      { uris: ['http://x/a,b'], dns: ['z'] },
    ],
  ];
  for (const [text, names] of alternatives) {
    it(`reads the alternative names ${text}`, () =>
      assert.deepEqual(alternativeNames(text), { dns: [], ips: [], uris: [], ...names }));
  }
});
