import assert from 'node:assert/strict';
import { BlockList, isIP, isIPv4 } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAddress, NetworkSet } from './cidr.ts';

test('a network holds the addresses that share its leading bits', () => {
  const cases: [networks: string[], address: string, held: boolean][] = [
    [['1.2.3.4'], '1.2.3.4', true],
    [['1.2.3.4'], '1.2.3.5', false],
    [['1.2.3.0/24'], '1.2.3.255', true],
    [['1.2.3.77/24'], '1.2.3.1', true],
    [['1.2.3.0/24'], '1.2.4.0', false],
    [['10.0.0.0/8', '192.168.0.0/16'], '192.168.9.9', true],
    [['0.0.0.0/0'], '200.1.1.1', true],
    [['0.0.0.0/0'], '::1', false],
    [['::/0'], '::1', true],
    [['::/0'], '1.2.3.4', false],
    [['1.2.3.4/31'], '1.2.3.5', true],
    [['1.2.3.4/31'], '1.2.3.6', false],
    [['2001:db8::/32'], '2001:db8:1::5', true],
    [['2001:db8::/33'], '2001:db8:8000::', false],
    [['::1'], '::1', true],
    [['::1'], '0:0:0:0:0:0:0:1', true],
    [['1.2.3.4'], '::ffff:1.2.3.4', true],
    [['fe80::/10'], 'fe80::1%eth0', true],
    [['1.2.3.4'], 'unknown', false],
    [['1.2.3.4'], '', false],
    [['1.2.3.4'], '1.2.3.04', false],
  ];
  for (const [networks, address, held] of cases)
    assert.equal(new NetworkSet(networks).has(address), held, `${networks} has ${address}`);
});

test('what is no network is refused', () => {
  for (const text of [
    '',
    'a',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.4/33',
    '1.2.3.4/-1',
    '1.2.3.4/08',
    '1.2.3.4/',
    '1.2.3.4/24/1',
    '::1/129',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1.2.3.4::',
    'fe80::1%eth0/64',
    '0.0.0.0',
    '::',
  ])
    assert.throws(() => new NetworkSet([text]), /expected/, text);
});

test('agrees with node:net', () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(address, fc.nat(128), address, (network, bits, other) => {
      assert.equal(isAddress(network), isIP(network) !== 0);
      // node:net reads IPv4 and mapped IPv6 networks by other rules, so only one family at a time.
      if (isIPv4(network) !== isIPv4(other) || /::ffff:/i.test(network + other)) return;
      const family = isIPv4(network) ? 'ipv4' : 'ipv6';
      const length = isIPv4(network) ? bits % 33 : bits;
      const list = new BlockList();
      list.addSubnet(network, length, family);
      assert.equal(new NetworkSet([`${network}/${length}`]).has(other), list.check(other, family));
    }),
  );
});
