import { ask } from './client.ts';

/** A page a browser came to. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly text: string;
  /** All Set-Cookie lines on the way. */
  readonly setCookies: readonly string[];
}

/** How a page is opened besides its address. */
export interface Visit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams;
  /** The page whose link or form leads there. */
  readonly from?: string;
}

/** What browsers say of a request that opens a page. */
const NAVIGATION = { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' };

/** The least of a browser: keeps cookies by host, follows redirects, sends forms. No scripts. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** The cookies of a host, by name. */
  cookiesOf(host: string): Map<string, string> {
    const found = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, found);
    return found;
  }

  /** Opens a page as when its address is typed, or, with `from`, as when a link of that page is followed. */
  async open(url: string, init: Visit = {}): Promise<Page> {
    const setCookies: string[] = [];
    let at = url;
    let visit = init;
    let site = init.from === undefined ? 'none' : siteOf(init.from, url);
    for (let hops = 0; hops < 20; hops++) {
      const cookies = this.cookiesOf(new URL(at).host);
      const { status, headers, body } = await ask({
        port: Number(new URL(at).port),
        target: at.slice(new URL(at).origin.length),
        method: visit.method ?? 'GET',
        headers: {
          Host: new URL(at).host,
          ...NAVIGATION,
          'Sec-Fetch-Site': site,
          ...cookieField(cookies),
          ...visit.headers,
        },
        ...(visit.body === undefined ? {} : { body: visit.body.toString() }),
      });
      for (const line of headers['set-cookie'] ?? []) {
        setCookies.push(line);
        keep(cookies, line);
      }
      const { location } = headers;
      if (location === undefined) return { url: at, status, text: body, setCookies };
      const next = new URL(location, at).href;
      if (siteOf(at, next) !== 'same-origin') site = 'cross-site';
      at = next;
      if (status !== 307 && status !== 308) visit = {};
    }
    throw new Error('too many redirects');
  }

  /** Sends the first form of a page with these fields, and those it has hidden. */
  submit(page: Page, fields: Record<string, string>): Promise<Page> {
    const action = /<form[^>]* action="([^"]+)"/.exec(page.text)?.[1];
    if (action === undefined) throw new Error(`no form at ${page.url}: ${page.text}`);
    const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    const body = new URLSearchParams({
      ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])),
      ...fields,
    });
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    return this.open(new URL(action, page.url).href, { method: 'POST', body, headers, from: page.url });
  }
}

function siteOf(from: string, to: string): string {
  return new URL(from).origin === new URL(to).origin ? 'same-origin' : 'cross-site';
}

function cookieField(cookies: ReadonlyMap<string, string>): Record<string, string> {
  return cookies.size === 0 ? {} : { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
}

function keep(cookies: Map<string, string>, line: string): void {
  const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
  if (name === undefined || value === undefined) return;
  if (/; *max-age=0/i.test(line) || /expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name);
  else cookies.set(name, value);
}
