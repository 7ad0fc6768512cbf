/** A page a browser came to. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly text: string;
  /** All Set-Cookie lines on the way. */
  readonly setCookies: readonly string[];
}

/** The least of a browser: keeps cookies by host, follows redirects, sends forms. No scripts. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** The cookies of a host, by name. */
  cookiesOf(host: string): Map<string, string> {
    const found = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, found);
    return found;
  }

  async open(url: string, init: RequestInit = {}): Promise<Page> {
    const setCookies: string[] = [];
    let at = url;
    let request: RequestInit = init;
    for (let hops = 0; hops < 20; hops++) {
      const cookies = this.cookiesOf(new URL(at).host);
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const headers = { ...(request.headers as Record<string, string>), ...(cookie === '' ? {} : { cookie }) };
      const response = await fetch(at, { ...request, headers, redirect: 'manual' });
      for (const line of response.headers.getSetCookie()) {
        setCookies.push(line);
        keep(cookies, line);
      }
      const location = response.headers.get('location');
      if (location === null) return { url: at, status: response.status, text: await response.text(), setCookies };
      await response.body?.cancel();
      at = new URL(location, at).href;
      if (response.status !== 307 && response.status !== 308) request = {};
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
    return this.open(new URL(action, page.url).href, { method: 'POST', body });
  }
}

function keep(cookies: Map<string, string>, line: string): void {
  const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
  if (name === undefined || value === undefined) return;
  if (/; *max-age=0/i.test(line) || /expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name);
  else cookies.set(name, value);
}
