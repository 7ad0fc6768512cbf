// What the comments of a route file claim: "> METHOD target", "> Header: value" and "> | body" are a request, "< status",
// "< Header: value" and "< | part of the body" the answer. A header's value between slashes is a regexp; "none": not there.
import assert from 'node:assert/strict';
import type { ProxyInit } from '../../src/proxy/index.ts';
import { type Answer, type Ask, ask } from './client.ts';

interface Claim {
  request: Required<Pick<Ask, 'method' | 'target' | 'body'>> & { headers: Record<string, string> };
  /** The lines behind "<". */
  answer: string[];
}

/** What a comment "Options: --trusted-proxies CIDR" tells the proxy that serves the routes in `text`. */
export function optionsClaimed(text: string): Partial<ProxyInit> {
  const [, networks] = /^\/\/ Options: --trusted-proxies (\S+)$/m.exec(text) ?? [];
  return networks === undefined ? {} : { reception: { trustedProxies: networks.split(',') } };
}

/** Sends what the comments of the routes in `text` claim to the proxy at `port`. @throws AssertionError where one lies. */
export async function verifyClaims(text: string, port: number): Promise<void> {
  const claims = claimsOf(text);
  assert.ok(claims.length > 0, 'the file claims something');
  for (const { request, answer: lines } of claims) {
    const answer = await ask({ port, ...request });
    for (const line of lines) verify(answer, line, `${request.method} ${request.target}: ${line}\n${answer.body}`);
  }
}

function claimsOf(text: string): Claim[] {
  const claims: Claim[] = [];
  let asking = false;
  for (const [, mark, line = ''] of text.matchAll(/^\/\/ ([<>]) (.*)$/gm)) {
    const last = claims.at(-1);
    if (mark === '<') {
      asking = false;
      last?.answer.push(line);
    } else if (asking && last !== undefined) addToRequest(last.request, line);
    else {
      const [method = '', target = ''] = line.split(' ');
      claims.push({ request: { method, target, headers: {}, body: '' }, answer: [] });
      asking = true;
    }
  }
  return claims;
}

function addToRequest(request: Claim['request'], line: string): void {
  const [name, value] = headerOf(line);
  if (line.startsWith('| ')) request.body += line.slice(2);
  else request.headers[name] = value;
}

function headerOf(line: string): [name: string, value: string] {
  const at = line.indexOf(': ');
  return [line.slice(0, at), line.slice(at + 2)];
}

function verify(answer: Answer, line: string, about: string): void {
  if (/^\d{3}$/.test(line)) assert.equal(answer.status, Number(line), about);
  else if (line.startsWith('| ')) assert.ok(answer.body.includes(line.slice(2)), about);
  else if (/^[\w-]+: /.test(line)) verifyHeader(answer, ...headerOf(line), about);
  else assert.fail(`a claim that nobody understands: ${line}`);
}

function verifyHeader({ headers }: Answer, name: string, expected: string, about: string): void {
  const value = headers[name.toLowerCase()];
  const text = Array.isArray(value) ? value.join(', ') : value;
  if (expected === 'none') assert.equal(text, undefined, about);
  else if (/^\/.*\/$/.test(expected)) assert.match(text ?? '', new RegExp(expected.slice(1, -1)), about);
  else assert.equal(text, expected, about);
}
