import type { DeadLetter } from '../../contracts/dead-letters.ts';
import type { MessageForm } from '../../contracts/message-forms.ts';
import { CALL_FORM, envelopeForm } from '../../contracts/message-forms.ts';
import { fieldsIn } from '../../contracts/messages.ts';
import type { Fault } from '../../shared/kernel/errors.ts';
import { invalid } from '../../shared/kernel/errors.ts';
import type { Consumers } from './destination.ts';
import { isOfLog } from './destination.ts';
import { mergePatch } from './merge-patch.ts';

type Letter = Pick<DeadLetter, 'queue' | 'message'>;

/**
 * The message of a letter after an edit.
 *
 * @throws VALIDATION_ERROR where there would be nothing left that its consumer takes, or another message than before
 */
export function editedMessage(letter: Letter, edit: object, { services }: Pick<Consumers, 'services'>): string {
  if (isOfLog(letter)) throw invalid([{ path: 'edit', message: 'is not taken here: events of the log do not change' }]);
  const before = parsed(letter.message);
  const after = mergePatch(before, edit);
  const form = services.includes(letter.queue) ? CALL_FORM : formOf(before, after);
  const faults = [...formFaults(form, after), ...identityFaults(form, before, after)];
  if (faults.length > 0) throw invalid(withoutDoubles(faults));
  return JSON.stringify(after);
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    throw invalid([{ path: 'edit', message: 'is not taken here: the message is not JSON' }]);
  }
}

/** Of the message as it came; what was no envelope then is judged by what it has become. */
function formOf(before: unknown, after: unknown): MessageForm {
  const fields = fieldsIn(before);
  return envelopeForm('detail-type' in fields && 'detail' in fields ? fields : fieldsIn(after));
}

function formFaults({ schema }: MessageForm, after: unknown): Fault[] {
  const issues = schema.safeParse(after).error?.issues ?? [];
  return issues.map(({ path, message }) => ({ path: ['edit', ...path.map(String)].join('.'), message }));
}

function identityFaults({ identity }: MessageForm, before: unknown, after: unknown): Fault[] {
  const changed = identity.filter((path) => {
    const was = valueAt(before, path);
    return was !== undefined && was !== valueAt(after, path);
  });
  return changed.map((path) => ({ path: `edit.${path}`, message: 'must stay as it is' }));
}

/** What says which message it is are texts and numbers. */
function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce((at, name) => fieldsIn(at)[name], value);
}

function withoutDoubles(faults: readonly Fault[]): Fault[] {
  return faults.filter(({ path }, at) => faults.findIndex((one) => one.path === path) === at);
}
