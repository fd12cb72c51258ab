/**
 * A failure that the user can act on. Its message is what they see, whole: one clear sentence, after the lines of a
 * tool's output where those say more. Anything else that is thrown is a fault of the program itself.
 */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
