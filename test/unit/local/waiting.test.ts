import { describe, expect, it } from 'vitest';
import { tellingLines } from '../../../local/process/run-logged.ts';
import { Abandoned, together } from '../../../local/process/together.ts';
import { untilAborted, waitFor } from '../../../local/process/waiting.ts';

const never = new AbortController().signal;
const forever = new Promise<never>(() => {});

describe('waiting', () => {
  it('ends with what it finds, with nothing when the time is over, and with the reason of an abort', async () => {
    const looks = [undefined, undefined, 'found'];
    expect(await waitFor(() => looks.shift(), { everyMs: 1, limitMs: 1_000 })).toBe('found');
    expect(await waitFor(() => undefined, { everyMs: 1, limitMs: 5 })).toBeUndefined();
    const controller = new AbortController();
    const waiting = waitFor(() => undefined, { everyMs: 60_000, limitMs: 60_000, signal: controller.signal });
    controller.abort(new Error('Ctrl-C'));
    await expect(waiting).rejects.toThrow('Ctrl-C');
  });

  it('gives up work that knows no signal', async () => {
    const controller = new AbortController();
    const waiting = untilAborted(forever, controller.signal);
    controller.abort(new Error('Ctrl-C'));
    await expect(waiting).rejects.toThrow('Ctrl-C');
    await expect(untilAborted(forever, controller.signal)).rejects.toThrow('Ctrl-C');
  });
});

describe('two things at once', () => {
  it('answer both', async () => {
    expect(
      await together(
        never,
        async () => 1,
        async () => 'a',
      ),
    ).toEqual([1, 'a']);
  });

  it('end together when one fails, and only when both have ended', async () => {
    const seen: unknown[] = [];
    const other = async (signal: AbortSignal) => {
      await untilAborted(forever, signal).catch((error) => seen.push(error));
      await new Promise((resolve) => setTimeout(resolve, 5));
      seen.push('cleaned up');
    };
    await expect(together(never, () => Promise.reject(new Error('broken')), other)).rejects.toThrow('broken');
    expect(seen).toEqual([expect.any(Abandoned), 'cleaned up']);
  });
});

describe('what is shown of the log of a failed tool', () => {
  it('is what speaks of errors, without colours', () => {
    const log = 'a\n\u001b[31mStack | CREATE_FAILED | no such role\u001b[0m\nb\nDeploymentError: it failed\nc\n';
    expect(tellingLines(log)).toBe('Stack | CREATE_FAILED | no such role\nDeploymentError: it failed');
  });

  it('is the end of it where nothing does', () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
    expect(tellingLines(lines.join('\n\n'))).toBe(lines.slice(-12).join('\n'));
  });
});
