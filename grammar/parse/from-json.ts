import { type Arg, type Backend, type Call, NO_SPAN, type RouteDef } from '../ast.ts';
import { type Finding, type ParseResult, syntaxFinding, type TextPlace } from '../finding.ts';
import { suggest } from '../suggest.ts';
import { isName } from '../tokens/characters.ts';

/**
 * Reads a route from its JSON form (already parsed JSON). Errors name the place, e.g. `predicates[0].args[1]`; their
 * spans are empty. What is wrong is left out of the value. Unknown keys are ignored with a warning.
 */
export function fromJson(value: unknown): ParseResult<RouteDef> {
  const reader = new JsonReader();
  const route = reader.route(value);
  return { value: route, errors: reader.errors };
}

type JsonObject = Record<string, unknown>;

class JsonReader {
  readonly errors: Finding<TextPlace>[] = [];

  route(value: unknown): RouteDef {
    const json = this.#object(value, '', ['id', 'backend', 'predicates', 'filters']);
    const id = this.#text(json['id'], 'id');
    if (id !== '') this.#name(id, 'id');
    return {
      id,
      idSpan: null,
      predicates: this.#calls(json['predicates'], 'predicates').filter(({ name }) => name !== '*' && name !== 'Any'),
      filters: this.#calls(json['filters'], 'filters'),
      backend: this.#backend(json['backend']),
      span: NO_SPAN,
    };
  }

  #backend(value: unknown): Backend {
    const json = this.#object(value ?? {}, 'backend', ['type', 'address', 'algorithm', 'endpoints']);
    const type = this.#text(json['type'], 'backend.type');
    const span = NO_SPAN;
    switch (type) {
      case '':
      case 'network':
        return { kind: 'network', url: this.#text(json['address'], 'backend.address'), span };
      case 'shunt':
      case 'loopback':
      case 'dynamic':
      case 'forward':
        return { kind: type, span };
      case 'lb':
        return this.#balanced(json);
    }
    const known = suggest(type, ['network', 'shunt', 'loopback', 'dynamic', 'lb', 'forward']);
    this.#fail('backend.type', `unknown type ${JSON.stringify(type)}`, known);
    return { kind: 'network', url: '', span };
  }

  #balanced(json: JsonObject): Backend {
    const algorithm = this.#text(json['algorithm'], 'backend.algorithm') || null;
    if (algorithm) this.#name(algorithm, 'backend.algorithm');
    const endpoints = this.#list(json['endpoints'], 'backend.endpoints').map((item, i) => ({
      url: this.#text(item, `backend.endpoints[${i}]`),
      span: NO_SPAN,
    }));
    if (endpoints.length === 0) this.#fail('backend.endpoints', 'expected at least one endpoint');
    return { kind: 'balanced', algorithm, algorithmSpan: null, endpoints, span: NO_SPAN };
  }

  #calls(value: unknown, path: string): Call[] {
    return this.#list(value, path).map((item, i) => {
      const place = `${path}[${i}]`;
      const json = this.#object(item, place, ['name', 'args']);
      const name = this.#text(json['name'], `${place}.name`);
      if (name !== '*' || path !== 'predicates') this.#name(name, `${place}.name`);
      const args = this.#list(json['args'], `${place}.args`).map((arg, j) => this.#arg(arg, `${place}.args[${j}]`));
      return { name, args, span: NO_SPAN, nameSpan: NO_SPAN };
    });
  }

  #arg(value: unknown, path: string): Arg {
    if (typeof value === 'number' && Number.isFinite(value)) return { kind: 'number', value, span: NO_SPAN };
    if (typeof value !== 'string') this.#fail(path, `expected a string or a number, found ${describe(value)}`);
    return { kind: 'string', value: typeof value === 'string' ? value : '', span: NO_SPAN };
  }

  #object(value: unknown, path: string, keys: readonly string[]): JsonObject {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#fail(path, `expected an object, found ${describe(value)}`);
      return {};
    }
    for (const key of Object.keys(value)) {
      if (keys.includes(key)) continue;
      this.errors.push(syntaxFinding('unknown-key', `unknown key ${JSON.stringify(key)}`, NO_SPAN, suggest(key, keys)));
    }
    return value as JsonObject;
  }

  #list(value: unknown, path: string): unknown[] {
    if (Array.isArray(value)) return value;
    if (value !== undefined && value !== null) this.#fail(path, `expected a list, found ${describe(value)}`);
    return [];
  }

  #text(value: unknown, path: string): string {
    if (typeof value === 'string') return value;
    if (value !== undefined && value !== null) this.#fail(path, `expected a string, found ${describe(value)}`);
    return '';
  }

  #name(name: string, path: string): void {
    if (isName(name)) return;
    this.#fail(path, `${JSON.stringify(name)} is not a name: letters, digits and '_', not beginning with a digit`);
  }

  #fail(path: string, message: string, suggestion?: string | null): void {
    this.errors.push(syntaxFinding('json', path ? `${path}: ${message}` : message, NO_SPAN, suggestion));
  }
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return value === undefined ? 'nothing' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}
