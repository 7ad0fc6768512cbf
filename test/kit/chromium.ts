import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { pathOf } from './installed.ts';

/** The name of the program, as Debian has it; for `missing`. */
export const CHROMIUM = 'chromium';

/** Of all names in the world only that of this machine: what a page names beyond it is not there. */
const NO_WORLD = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1';

const QUIET = ['background-networking', 'component-update', 'gpu', 'quic', 'sync'].map((what) => `--disable-${what}`);

/** Starts a real browser with a new profile, which is gone when it is closed. Closed by the test. */
export function startChromium(): Promise<Browser> {
  const executablePath = pathOf(CHROMIUM) as string;
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--no-first-run', NO_WORLD, ...QUIET] });
}

/** A stranger to all sites, who takes any certificate. */
export function newVisitor(browser: Browser): Promise<BrowserContext> {
  return browser.newContext({ ignoreHTTPSErrors: true });
}
