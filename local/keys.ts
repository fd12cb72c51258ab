import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { CommandError } from '../cli/command-error.ts';
import { KeyStore } from '../cli/key-store.ts';
import { keysProgram } from '../cli/keys.ts';
import { STATE } from './cloud/folders.ts';
import { localKeyStore } from './cloud/key-table.ts';
import { readLocalJson } from './cloud/local-json.ts';
import { runCommand } from './process/command.ts';

async function openStore(table: string | undefined): Promise<KeyStore> {
  if (table !== undefined) return new KeyStore(DynamoDBDocumentClient.from(new DynamoDBClient({})), table);
  const local = readLocalJson(STATE);
  const localTable = local?.outputs.KeysTable;
  if (!local || localTable === undefined) {
    throw new CommandError(
      'No local cloud is up in this checkout: start one with npm run up, or name a table with --table.',
    );
  }
  return localKeyStore(local.endpointUrl, local.region, localTable);
}

await runCommand(async () => {
  try {
    await keysProgram(openStore).parseAsync();
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new CommandError(
      `The keys table did not answer as it should (${reason}). Is the cloud up that it belongs to?`,
    );
  }
  return 0;
});
