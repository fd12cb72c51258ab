import type {
  ListRulesCommandInput,
  PutRuleCommandInput,
  PutTargetsCommandInput,
  TestEventPatternCommandInput,
} from '@aws-sdk/client-eventbridge';
import {
  DeleteRuleCommand,
  EventBridgeClient,
  InvalidEventPatternException,
  ListRulesCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  ResourceNotFoundException,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import type { AnyEvent } from '../../../functions/contracts/event.ts';

interface Rule {
  pattern: unknown;
  /** What is sent, with `<event>` in the event's place; a rule without it matches for nothing. */
  template?: string;
  /** In ms since 1970: before it, the rule is listed and takes no event. */
  effectiveAt: number;
}

const $metadata = {};
const PAGE = 2;

/**
 * The rules of one bus, behind every client of the test file. A new one takes effect when `delayMs` says, as EventBridge tells nobody
 * when.
 */
export class MemoryEventBridge {
  readonly rules = new Map<string, Rule>();
  delayMs = (): number => 0;
  /** What happens at each call, around its effect. */
  around = <Answer>(call: () => Promise<Answer>): Promise<Answer> => call();
  readonly #now: () => number;

  constructor(now: () => number = () => 0) {
    this.#now = now;
    const mock = mockClient(EventBridgeClient);
    const answer =
      <Input>(serve: (input: Input) => object) =>
      (input: Input) =>
        this.around(async () => serve(input));
    mock.on(PutRuleCommand).callsFake(answer((input: PutRuleCommandInput) => this.#putRule(input)));
    mock.on(PutTargetsCommand).callsFake(answer((input: PutTargetsCommandInput) => this.#putTarget(input)));
    mock.on(RemoveTargetsCommand).callsFake(answer(({ Rule }: { Rule: string }) => this.#removeTarget(Rule)));
    mock.on(DeleteRuleCommand).callsFake(answer(({ Name }: { Name: string }) => this.#deleteRule(Name)));
    mock.on(ListRulesCommand).callsFake(answer((input: ListRulesCommandInput) => this.#list(input)));
    mock.on(TestEventPatternCommand).callsFake(answer(test));
  }

  /** The messages that rules make of an event. */
  publish(event: AnyEvent): unknown[] {
    const envelope = { source: event.source, 'detail-type': event.eventType, detail: event };
    const taking = [...this.rules.values()].filter(
      ({ pattern, effectiveAt }) => effectiveAt <= this.#now() && isMatch(pattern, envelope),
    );
    return taking.flatMap(({ template }) =>
      template === undefined ? [] : [JSON.parse(template.replace('<event>', () => JSON.stringify(event)))],
    );
  }

  #putRule({ Name = '', EventPattern = '' }: PutRuleCommandInput): object {
    const pattern = JSON.parse(EventPattern);
    const effectiveAt = this.#now() + this.delayMs();
    this.rules.set(Name, { effectiveAt, ...this.rules.get(Name), pattern });
    return {};
  }

  #putTarget({ Rule = '', Targets: [target] = [] }: PutTargetsCommandInput): object {
    const template = target?.InputTransformer?.InputTemplate;
    if (template !== undefined) this.#existing(Rule).template = template;
    return { FailedEntryCount: 0, FailedEntries: [] };
  }

  #removeTarget(name: string | undefined): object {
    delete this.#existing(name).template;
    return {};
  }

  /** Without a word where there is none; and never with a target. */
  #deleteRule(name = ''): object {
    if (this.rules.get(name)?.template !== undefined) throw new Error('Rule can not be deleted since it has targets.');
    this.rules.delete(name);
    return {};
  }

  #existing(name = ''): Rule {
    const rule = this.rules.get(name);
    if (rule === undefined) throw new ResourceNotFoundException({ $metadata, message: `Rule ${name} does not exist.` });
    return rule;
  }

  #list({ NamePrefix = '', NextToken = '0' }: ListRulesCommandInput): object {
    const all = [...this.rules.keys()].filter((name) => name.startsWith(NamePrefix)).sort();
    const next = Number(NextToken) + PAGE;
    const Rules = all.slice(Number(NextToken), next).map((Name) => ({ Name, State: 'ENABLED' }));
    return { Rules, ...(next < all.length && { NextToken: String(next) }) };
  }
}

function test({ EventPattern = '', Event = '' }: TestEventPatternCommandInput): object {
  const pattern = JSON.parse(EventPattern);
  if (!isPattern(pattern))
    throw new InvalidEventPatternException({ $metadata, message: 'Event pattern is not valid. Reason: no array' });
  return { Result: isMatch(pattern, JSON.parse(Event)) };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function isPattern(pattern: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.length > 0;
  return isObject(pattern) && Object.values(pattern).length > 0 && Object.values(pattern).every(isPattern);
}

/** Exact values and prefixes: no test wants more. */
function isMatch(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some((one) => isTaken(one, value));
  if (!isObject(pattern)) return false;
  return Object.entries(pattern).every(([key, inner]) => isMatch(inner, isObject(value) ? value[key] : undefined));
}

function isTaken(one: unknown, value: unknown): boolean {
  if (isObject(one) && typeof one.prefix === 'string') return String(value).startsWith(one.prefix);
  return one === value;
}
