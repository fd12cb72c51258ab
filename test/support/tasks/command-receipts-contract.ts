import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CommandResult } from '../../../functions/contracts/commands.ts';
import type { CommandReceipts } from '../../../functions/tasks/adapters/command-receipts.ts';

const newCommand = (content = 'one') => ({ id: `cmd_${randomUUID()}`, content });
const answer = (version: number, ...events: string[]): CommandResult => ({
  success: true,
  aggregateId: 'task_1',
  version,
  events,
});

/** The rules of every CommandReceipts. Tests may share a table: each has ids of its own. */
export function commandReceiptsContract(open: () => Promise<CommandReceipts>): void {
  describe('an id', () => {
    it('stands for the first command that was bound to it, and for no other', async () => {
      const receipts = await open();
      const command = newCommand();
      expect(await receipts.bind(command)).toEqual({ content: 'one' });
      expect(await receipts.bind(command)).toEqual({ content: 'one' });
      expect(await receipts.bind({ ...command, content: 'other' })).toEqual({ content: 'one' });
      expect(await receipts.bind(newCommand('other'))).toEqual({ content: 'other' });
    });

    it('of many commands at once stands for one, which all are told', async () => {
      const receipts = await open();
      const { id } = newCommand();
      const rivals = Array.from({ length: 20 }, (_, rival) => ({ id, content: `rival ${rival}` }));
      const told = await Promise.all(rivals.map((rival) => receipts.bind(rival)));
      const [{ content } = { content: '' }] = told;
      expect(rivals.map((rival) => rival.content)).toContain(content);
      expect(new Set(told.map((one) => one.content))).toEqual(new Set([content]));
    });
  });

  describe('an answer', () => {
    it('is kept once, and told from then on', async () => {
      const receipts = await open();
      const command = newCommand();
      await receipts.bind(command);
      expect(await receipts.keep(command, answer(1, 'TaskCreated'))).toEqual(answer(1, 'TaskCreated'));
      expect(await receipts.keep(command, answer(2))).toEqual(answer(1, 'TaskCreated'));
      expect(await receipts.bind(command)).toEqual({ content: 'one', answer: answer(1, 'TaskCreated') });
      expect(await receipts.bind({ ...command, content: 'other' })).toMatchObject({ content: 'one' });
    });

    it('of many at once is one, which all are told', async () => {
      const receipts = await open();
      const command = newCommand();
      await receipts.bind(command);
      const told = await Promise.all(
        Array.from({ length: 20 }, (_, rival) => receipts.keep(command, answer(rival + 1))),
      );
      const { answer: kept } = await receipts.bind(command);
      expect(told).toEqual(Array(20).fill(kept));
    });

    it('stands, even where its binding was forgotten', async () => {
      const receipts = await open();
      const command = newCommand();
      expect(await receipts.keep(command, answer(1))).toEqual(answer(1));
      expect(await receipts.bind(command)).toEqual({ content: 'one', answer: answer(1) });
    });
  });
}
