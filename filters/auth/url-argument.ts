import { type Arg, arg } from '../../src/plugin/index.ts';

/** An argument that is an absolute http or https URL. */
export function urlArgument(name: string, doc: string): Arg<string> {
  return arg.custom(name, 'URL', readUrl, { doc });
}

/** The URL as written. @throws Error when it is none with http or https. */
export function readUrl(value: string | number): string {
  if (typeof value !== 'string' || !/^https?:\/\/[^/]/i.test(value) || !URL.canParse(value))
    throw new Error(`expected a URL such as "https://auth.example", found ${JSON.stringify(value)}`);
  return value;
}
