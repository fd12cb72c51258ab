import type { RedriveBody } from '../../contracts/api/dead-letter.ts';
import type { Consumers } from '../domain/destination.ts';
import type { LargeMessages } from './large-messages.ts';
import type { Operator } from './letter-end.ts';
import type { SendLetter } from './letter-sender.ts';
import type { LetterStore } from './letter-store.ts';

export interface RedrivePorts {
  letters: LetterStore;
  messages: Pick<LargeMessages, 'get'>;
  send: SendLetter;
  consumers: Consumers;
  /** In ms since 1970. */
  clock(): number;
}

export interface RedriveOrder extends RedriveBody {
  by: Operator;
  /** When the call began, in ms since 1970. */
  begun: number;
}
