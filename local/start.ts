import { CommandError } from '../cli/command-error.ts';
import type { Cloud } from './cloud/cloud.ts';
import { bringUp, letGo } from './cloud/cloud.ts';
import { withCloudLock } from './cloud/cloud-lock.ts';
import { DEMO_FOLDER, STATE } from './cloud/folders.ts';
import { demonstrate } from './demo/demo.ts';
import { cloudProgram } from './process/arguments.ts';
import { Interrupted, runCommand } from './process/command.ts';
import { isAlive } from './process/processes.ts';
import { Steps } from './process/steps.ts';
import { waitFor } from './process/waiting.ts';

const LOOK_MS = 1_000;

const options = cloudProgram(
  'npm start --',
  'Brings the local cloud up, runs one demonstration task, writes its files to maos-demo/, and stays until Ctrl-C.',
)
  .option('--once', 'stop everything after the demonstration; exit code 0 only if the task completed')
  .parse()
  .opts<{ once?: true }>();

function tellWhatNext({ local, startedNow }: Cloud): void {
  console.log(`
Try what the agent made:
  cd maos-demo && npm install && npm test
  npm start

The API is at ${local.apiUrl}/api/v1
That address and a key for it are in .maos/local.json; npm run keys -- --help makes more keys.
${startedNow ? 'Ctrl-C stops the local cloud and removes it.' : 'Ctrl-C ends this command; the cloud was up before and stays so.'}`);
}

async function stay({ emulator }: Cloud, signal: AbortSignal): Promise<void> {
  const ended = () => (emulator && !isAlive(emulator) ? true : undefined);
  try {
    await waitFor(ended, { everyMs: LOOK_MS, limitMs: Number.POSITIVE_INFINITY, signal });
  } catch (error) {
    if (error instanceof Interrupted) return;
    throw error;
  }
  throw new CommandError('The local cloud has ended by itself: .maos/emulator.log may say why.');
}

await runCommand((signal) =>
  withCloudLock(STATE, 'npm start', async () => {
    const cloud = await bringUp({ state: STATE, steps: new Steps(), signal });
    try {
      await demonstrate({ ...cloud.local, folder: DEMO_FOLDER, signal });
      if (options.once) return 0;
      tellWhatNext(cloud);
      await stay(cloud, signal);
      return 0;
    } finally {
      await letGo(cloud);
    }
  }),
);
