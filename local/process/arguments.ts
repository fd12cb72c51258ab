import { Command } from 'commander';
import { ENDPOINT_HELP } from '../cloud/endpoint.ts';

/** A command line that takes no operands. Its help tells what an endpoint of the user's own changes. */
export function cloudProgram(script: string, description: string): Command {
  return new Command(script).description(description).addHelpText('after', `\nEnvironment:${ENDPOINT_HELP}`);
}
