import { version } from '../version.ts';

const ROUTES = `// Served by \`sluice run\`. Save, and it is live. The language: https://opensource.zalando.com/skipper/
hello: Path("/hello/:name")
  -> stamp("made with Sluice")
  -> inlineContent("Hello!\\n")
  -> <shunt>;

// Where requests go that nothing above matches: put your service here.
// service: * -> "http://localhost:8080";
`;

const FILTER = `import { arg, defineFilter } from 'sluice';

/** A filter of your own; every file of this folder may export some. Save, and the routes that use it have the new code. */
export const stamp = defineFilter({
  name: 'stamp',
  summary: 'Stamps responses with a text.',
  args: [arg.line('text', { doc: 'what the header X-Stamp says' })],
  examples: [],
  create: ([text]) => ({
    response(ctx) {
      ctx.response.headers.set('X-Stamp', text);
    },
  }),
});
`;

const TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGateway } from 'sluice/gateway';

test('greets, and stamps the answer', async () => {
  const gateway = await startGateway({
    address: '127.0.0.1:0',
    'support-listener': '',
    'routes-file': ['routes'],
    'filters-dir': ['filters'],
    'access-log-disabled': true,
    'application-log-level': 'error',
    workers: 1,
  });
  try {
    const response = await fetch(\`http://127.0.0.1:\${gateway.port}/hello/ada\`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('X-Stamp'), 'made with Sluice');
  } finally {
    await gateway.close();
  }
});
`;

const TSCONFIG = {
  compilerOptions: {
    target: 'es2024',
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noEmit: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  },
  include: ['filters', 'test'],
};

const PACKAGE = {
  private: true,
  type: 'module',
  scripts: {
    start: 'sluice run',
    check: 'tsc -p . && sluice check --filters-dir filters routes',
    test: 'node --test',
  },
  dependencies: { sluice: `^${version}` },
  devDependencies: { '@types/node': '>=24', typescript: '>=5.8' },
};

/** What `sluice init` writes: by path within the folder, the text. */
export const INITIAL_FILES: Readonly<Record<string, string>> = {
  'routes/main.eskip': ROUTES,
  'filters/stamp.ts': FILTER,
  'test/gateway.test.ts': TEST,
  'tsconfig.json': `${JSON.stringify(TSCONFIG, null, 2)}\n`,
  'package.json': `${JSON.stringify(PACKAGE, null, 2)}\n`,
};
