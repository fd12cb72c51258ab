import { bringUp, keepUp } from './cloud/cloud.ts';
import { withCloudLock } from './cloud/cloud-lock.ts';
import { STATE } from './cloud/folders.ts';
import { cloudProgram } from './process/arguments.ts';
import { runCommand } from './process/command.ts';
import { Steps } from './process/steps.ts';

cloudProgram(
  'npm run up --',
  'Brings the local cloud up, or up to date, and leaves it running. Ends when the API answers.',
).parse();

await runCommand((signal) =>
  withCloudLock(STATE, 'npm run up', async () => {
    const cloud = await bringUp({ state: STATE, steps: new Steps(), signal });
    await keepUp(cloud);
    console.log(`\nThe API is at ${cloud.local.apiUrl}/api/v1`);
    console.log('That address and a key for it are in .maos/local.json; npm run down removes everything again.');
    return 0;
  }),
);
