import { type Arg, arg, withoutSecrets } from '../../../src/plugin/index.ts';

/** An argument that is an absolute http or https URL, without user name and password. */
export function urlArgument(name: string, doc: string): Arg<string> {
  return arg.custom(name, 'URL', readUrl, { doc, secret: (url) => withoutSecrets(url) });
}

/** The URL as written. @throws Error when it is none with http or https, or has credentials, which nobody would be sent. */
export function readUrl(value: string | number): string {
  if (typeof value !== 'string' || !/^https?:\/\/[^/]/i.test(value) || !URL.canParse(value))
    throw new Error(`expected a URL such as "https://auth.example", found ${JSON.stringify(value)}`);
  const { username, password } = new URL(value);
  if (username !== '' || password !== '') throw new Error('expected a URL without user name and password');
  return value;
}
