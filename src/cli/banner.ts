/** What `sluice run --demo` says when it serves: what there is to try. `supportPort` is null when that listener is off. */
export function banner(port: number, supportPort: number | null): string {
  const support = supportPort === null ? '' : `    curl localhost:${supportPort}/routes\n`;
  return `
  Sluice serves http://localhost:${port}. Try:

    curl localhost:${port}/
    curl 'localhost:${port}/api/anything?q=1'
    curl -i localhost:${port}/old/page
${support}
  Then edit routes/main.eskip and save: it is live.

`;
}
