import { yaml } from './libraries.ts';

/** Rules in YAML, by word. @throws Error on a word that is not among `words`, and on what is no YAML. */
export function readYamlRules<W extends string>(
  text: string,
  words: readonly W[],
): Readonly<Partial<Record<W, unknown>>> {
  const rules: unknown = yaml().parse(text) ?? {};
  if (typeof rules !== 'object' || rules === null || Array.isArray(rules))
    throw new Error(`expected rules such as {${words[0]}: …}, found ${JSON.stringify(rules)}`);
  const unknown = Object.keys(rules).find((word) => !words.includes(word as W));
  if (unknown !== undefined) throw new Error(`unknown rule ${JSON.stringify(unknown)}`);
  return rules as Readonly<Partial<Record<W, unknown>>>;
}

/** The texts that a rule lists; none where the rule is absent. @throws Error when it is no list. */
export function textList(rule: unknown): string[] {
  return ruleList(rule).map(String);
}

/** What a rule lists; nothing where it is absent. @throws Error when it is no list. */
export function ruleList(rule: unknown): readonly unknown[] {
  if (rule === undefined) return [];
  if (!Array.isArray(rule)) throw new Error(`expected a list, found ${JSON.stringify(rule)}`);
  return rule;
}
