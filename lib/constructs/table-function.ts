import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { ENV } from '../../functions/contracts/env.ts';
import { INDEX_SLOTS } from '../../functions/contracts/read-model.ts';
import { BareFunction } from './bare-function.ts';

type AgentAction = `dynamodb:${'GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'Query'}`;

const MARK_ROWS = {
  mark: ['PutItem'],
  compare: ['PutItem', 'BatchGetItem', 'GetItem'],
  show: ['GetItem'],
};

const LOG_ACTIONS = {
  read: ['dynamodb:Query'],
  append: ['dynamodb:Query', 'dynamodb:PutItem'],
  begin: ['dynamodb:PutItem'],
  scan: ['dynamodb:Query', 'dynamodb:Scan'],
};

const ROW_WRITES = ['GetItem', 'PutItem', 'UpdateItem'];
const STATE_WRITES = ['GetItem', 'PutItem', 'Query', 'UpdateItem'];

/** Rows and their indexes, and what their projections know of themselves. */
const READ_MODEL_ACTIONS = {
  list: { rows: ['BatchGetItem'], indexes: ['list', ...INDEX_SLOTS], projections: ['GetItem'] },
  project: { rows: ROW_WRITES, indexes: [], projections: [...STATE_WRITES, 'DeleteItem'] },
  rebuild: { rows: ROW_WRITES, indexes: [], projections: STATE_WRITES },
  keep: {
    rows: [...ROW_WRITES, 'BatchWriteItem'],
    indexes: ['list'],
    projections: [...STATE_WRITES, 'DeleteItem'],
  },
  manage: { rows: ['BatchGetItem'], indexes: ['list', ...INDEX_SLOTS], projections: STATE_WRITES },
};

const SERVICE_ACTIONS = {
  watch: ['Query'],
  test: ['Query', 'GetItem', 'PutItem'],
  call: ['Query', 'GetItem', 'PutItem', 'UpdateItem'],
  register: ['Query', 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
};

const REQUEST_ACTIONS = {
  submit: { rows: ['GetItem', 'PutItem'], indexes: ['list', 'byStatus'] },
  run: { rows: ['GetItem', 'PutItem', 'DeleteItem'], indexes: [] },
  sweep: { rows: [], indexes: ['due'] },
};

const DELIVERY_ACTIONS = {
  tell: { rows: ['PutItem', 'UpdateItem'], indexes: [] },
  show: { rows: ['Query', 'PutItem', 'UpdateItem'], indexes: [] },
  send: { rows: ['Query', 'PutItem', 'UpdateItem', 'ConditionCheckItem'], indexes: [] },
  sweep: { rows: [], indexes: ['due'] },
  release: { rows: ['Query', 'PutItem', 'UpdateItem'], indexes: ['due'] },
};

const SUBSCRIPTION_ROWS = {
  read: ['GetItem', 'Query'],
  note: ['GetItem', 'UpdateItem'],
  keep: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
};

const LETTER_ACTIONS = {
  record: { rows: ['PutItem'], indexes: [] },
  count: { rows: [], indexes: ['index4'] },
  close: { rows: ['BatchGetItem', 'PutItem', 'UpdateItem'], indexes: ['list', ...INDEX_SLOTS] },
};

const SAGA_DEFINITION_ROWS = {
  define: ['GetItem', 'PutItem', 'DeleteItem', 'Query'],
  note: ['UpdateItem'],
  clear: ['UpdateItem', 'Query', 'DeleteItem'],
};

/** A function and the tables that it may touch. */
export class TableFunction extends BareFunction {
  /** `append` reads too: only what was loaded can be appended to. `begin`: aggregates of one event, which nobody loads. `scan`: all of it. */
  bindEventLog(table: Table, access: keyof typeof LOG_ACTIONS): this {
    return this.set(ENV.eventLogTable, table.tableName).allow(LOG_ACTIONS[access], table.tableArn);
  }

  /** Reads the log's commits in the order in which they came, whatever their aggregates. */
  bindCommitOrder(eventLog: Table): this {
    return this.allow(['dynamodb:Query'], `${eventLog.tableArn}/index/byPosition`);
  }

  /** Reads commits by their places. */
  bindCommits(eventLog: Table): this {
    return this.set(ENV.eventLogTable, eventLog.tableName).allow(['dynamodb:BatchGetItem'], eventLog.tableArn);
  }

  /** `mark`: tells what became of commits; `compare`: also finds those of which nothing is told, and keeps where it was; `show`: reads one. */
  bindMarks(table: Table, access: keyof typeof MARK_ROWS): this {
    return this.set(ENV.marksTable, table.tableName).allowRows(table, { rows: MARK_ROWS[access], indexes: [] });
  }

  /** `record`: keeps letters, large ones in the bucket; `count`: looks how many are open; `close`: finds, claims and ends them. */
  bindDeadLetters(table: Table, access: keyof typeof LETTER_ACTIONS): this {
    return this.set(ENV.deadLettersTable, table.tableName).allowRows(table, LETTER_ACTIONS[access]);
  }

  /**
   * `list` reads indexes and rows of the generation that is current; `project` moves single rows on, and knows what it could not;
   * `rebuild` fills a generation; `keep` moves rows on as `project` does, and removes a generation; `manage` lists, and changes how
   * projections stand.
   */
  bindReadModels(
    { readModels, projections }: { readModels: Table; projections: Table },
    access: keyof typeof READ_MODEL_ACTIONS,
  ): this {
    const { projections: states, ...actions } = READ_MODEL_ACTIONS[access];
    return this.set(ENV.readModelsTable, readModels.tableName)
      .set(ENV.projectionsTable, projections.tableName)
      .allowRows(readModels, actions)
      .allowRows(projections, { rows: states, indexes: [] });
  }

  bindKeys(table: Table): this {
    return this.set(ENV.keysTable, table.tableName).allow(['dynamodb:GetItem'], table.tableArn);
  }

  /** Answers that a call with an `Idempotency-Key` got, for a day. */
  bindIdempotency(table: Table): this {
    const actions = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'].map((name) => `dynamodb:${name}`);
    return this.set(ENV.idempotencyTable, table.tableName).allow(actions, table.tableArn);
  }

  /**
   * Services and their breakers. `watch`: sees how they stand; `test`: also keeps the results of contract tests; `call`: tells what came
   * of its calls, and turns breakers; `register`: all of that, and keeps services and what they promise.
   */
  bindServices(
    { services, eventLog }: { services: Table; eventLog: Table },
    access: 'watch' | 'test' | 'call' | 'register',
  ): this {
    this.set(ENV.servicesTable, services.tableName).set(ENV.eventLogTable, eventLog.tableName);
    const actions = SERVICE_ACTIONS[access].map((name) => `dynamodb:${name}`);
    this.allow(actions, services.tableArn);
    if (access === 'watch' || access === 'test') return this;
    this.allow(['dynamodb:PutItem'], eventLog.tableArn);
    return access === 'call' ? this : this.allow(['dynamodb:Query'], `${services.tableArn}/index/list`);
  }

  /** `submit`: takes and shows requests; `run`: makes their tries; `sweep`: finds those that were left behind. */
  bindRequests(table: Table, access: keyof typeof REQUEST_ACTIONS): this {
    return this.set(ENV.requestsTable, table.tableName).allowRows(table, REQUEST_ACTIONS[access]);
  }

  /** Definitions of sagas, and which machines they have. `define`: keeps definitions; `note`: notes a machine's use; `clear`: forgets machines too. */
  bindSagaDefinitions(table: Table, access: keyof typeof SAGA_DEFINITION_ROWS): this {
    const rows = SAGA_DEFINITION_ROWS[access];
    return this.set(ENV.sagaDefinitionsTable, table.tableName).allowRows(table, { rows, indexes: [] });
  }

  /** Messages to callback addresses. `tell`: gives them; `show`: also knows what became of them; `send`: sends them; `sweep`: finds what is due. */
  bindDeliveries(table: Table, access: keyof typeof DELIVERY_ACTIONS): this {
    return this.set(ENV.webhooksTable, table.tableName).allowRows(table, DELIVERY_ACTIONS[access]);
  }

  /** Subscriptions of users. `read`: finds them; `note`: counts what became of their events; `keep`: also makes and ends them. */
  bindSubscriptions(table: Table, access: keyof typeof SUBSCRIPTION_ROWS): this {
    const rows = SUBSCRIPTION_ROWS[access];
    return this.set(ENV.subscriptionsTable, table.tableName).allowRows(table, { rows, indexes: [] });
  }

  protected allowRows(table: Table, { rows, indexes }: { rows: readonly string[]; indexes: readonly string[] }): this {
    if (indexes.length > 0) this.allow(['dynamodb:Query'], ...indexes.map((name) => `${table.tableArn}/index/${name}`));
    return rows.length === 0
      ? this
      : this.allow(
          rows.map((name) => `dynamodb:${name}`),
          table.tableArn,
        );
  }

  bindTaskLog(table: Table, access: 'append' | 'read'): this {
    const action = access === 'append' ? 'dynamodb:BatchWriteItem' : 'dynamodb:Query';
    return this.set(ENV.taskLogTable, table.tableName).allow([action], table.tableArn);
  }

  bindAgents(table: Table, actions: readonly AgentAction[], indexes: readonly ('open' | 'list')[]): this {
    this.set(ENV.agentsTable, table.tableName);
    if (indexes.length > 0) this.allow(['dynamodb:Query'], ...indexes.map((name) => `${table.tableArn}/index/${name}`));
    return this.allow([...actions], table.tableArn);
  }
}
