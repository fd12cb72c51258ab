import { Command, InvalidArgumentError } from 'commander';
import type { ApiKeyRecord, Scope } from '../functions/contracts/api-key.ts';
import { SCOPES } from '../functions/contracts/api-key.ts';
import type { KeyStore } from './key-store.ts';

/** Opens the keys table: the one named, or that of the local cloud. */
type OpenStore = (table: string | undefined) => Promise<KeyStore>;
type CreateOptions = { name: string; scopes: Scope[]; json?: true };

function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text);
}

function parseScopes(list: string): Scope[] {
  const names = list.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !isScope(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is not one of ${SCOPES.join(', ')}.`);
  return [...new Set(names.filter(isScope))];
}

function parseName(name: string): string {
  if (name.trim() === '') throw new InvalidArgumentError('A key needs a name that says who uses it.');
  return name.trim();
}

async function create(store: KeyStore, options: CreateOptions): Promise<void> {
  const made = await store.create(options.name, options.scopes);
  if (options.json) return console.log(JSON.stringify(made));
  console.log(`Key ${made.keyId} with the scopes ${made.scopes.join(', ')}. It is shown this once:\n\n${made.key}\n`);
}

function row(record: ApiKeyRecord): string {
  const state = record.revokedAt ? `revoked ${record.revokedAt}` : 'active';
  return [record.keyId, record.createdAt, record.scopes.join(',').padEnd(22), state.padEnd(8), record.name].join('  ');
}

async function list(store: KeyStore): Promise<void> {
  const records = await store.list();
  console.log(records.length === 0 ? 'There are no keys.' : records.map(row).join('\n'));
}

async function revoke(store: KeyStore, keyId: string): Promise<void> {
  await store.revoke(keyId);
  console.log(`Key ${keyId} is revoked; the API may accept it for up to 60 s more.`);
}

/** The command line `keys create | list | revoke`. Faults in the arguments end the process with one sentence and exit code 1. */
export function keysProgram(open: OpenStore): Command {
  const program = new Command('npm run keys --')
    .description('Makes, lists and revokes the keys of the API. The keys themselves are not stored, only their hashes.')
    .option('--table <name>', 'the keys table of a deployment in an AWS account, reached with your own AWS settings')
    .addHelpText(
      'after',
      '\nWithout --table the local cloud is meant (npm run up). The table of a deployment is its output KeysTable.',
    );
  const store = () => open(program.opts<{ table?: string }>().table);
  program
    .command('create')
    .description('makes a key and prints it, once')
    .requiredOption('--name <name>', 'who uses it', parseName)
    .requiredOption('--scopes <list>', `what it may do, separated by commas: ${SCOPES.join(', ')}`, parseScopes)
    .option('--json', 'prints { keyId, key, scopes } only')
    .action(async (options: CreateOptions) => create(await store(), options));
  program
    .command('list')
    .description('shows every key, oldest first')
    .action(async () => list(await store()));
  program
    .command('revoke')
    .description('ends a key')
    .argument('<keyId>', 'the id that create printed and list shows')
    .action(async (keyId: string) => revoke(await store(), keyId));
  return program;
}
