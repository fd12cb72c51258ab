import type { CommandResult } from '../../contracts/commands.ts';
import { AppError, isAppError } from '../../shared/kernel/errors.ts';

/** A command as it is known again, by two hashes: what is kept of it gives nothing away. */
export interface KnownCommand {
  /** Of the caller's key and the id that the caller gave. */
  id: string;
  /** Of what must be the same for the command to be the same: type, aggregate and payload. */
  content: string;
}

/** What an id stands for, and what came of it. */
export interface Receipt {
  content: string;
  /** `undefined` while it is not known to be carried out. */
  answer?: CommandResult;
}

/** What the ids of commands stand for, for a day. */
export interface CommandReceipts {
  /** Binds a free id to this command. Answers what the id stands for then. */
  bind(command: KnownCommand): Promise<Receipt>;
  /** Keeps the answer to a command, unless it has one. Answers the one that it has then. */
  keep(command: KnownCommand, answer: CommandResult): Promise<CommandResult>;
}

/**
 * Carries a command out unless it has an answer. Its id stands for it from here on, even if it is refused; then it may come again.
 *
 * @param run may come any number of times, also at once: what was done already, it finds
 */
export async function answeredOnce(
  receipts: CommandReceipts,
  command: KnownCommand,
  run: () => Promise<CommandResult>,
): Promise<CommandResult> {
  const earlier = await answerTo(receipts, command);
  if (earlier !== undefined) return earlier;
  const answer = await run().catch(async (error: unknown) => {
    // Its like, sent at the same time, may have come before what this one was refused for.
    const meanwhile = isAppError(error) ? await answerTo(receipts, command) : undefined;
    if (meanwhile === undefined) throw error;
    return meanwhile;
  });
  return receipts.keep(command, answer);
}

async function answerTo(receipts: CommandReceipts, command: KnownCommand): Promise<CommandResult | undefined> {
  const { content, answer } = await receipts.bind(command);
  if (content === command.content) return answer;
  throw new AppError('IDEMPOTENCY_MISMATCH', 'This id was used for another command; take a new one.');
}
