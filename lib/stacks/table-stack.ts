import type { TableProps } from 'aws-cdk-lib/aws-dynamodb';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { INDEX_SLOTS } from '../../functions/contracts/read-model.ts';
import { StageStack } from './stage-stack.ts';

/** A stack with tables, all of one kind: paid by use, restorable, encrypted. */
export abstract class TableStack extends StageStack {
  /** An index for lists and sweeps: only rows that have its key stand in it. */
  protected index(
    table: Table,
    name: string,
    sortKey: string,
    projectionType: ProjectionType = ProjectionType.ALL,
  ): void {
    table.addGlobalSecondaryIndex({
      indexName: name,
      partitionKey: { name, type: AttributeType.STRING },
      sortKey: { name: sortKey, type: AttributeType.STRING },
      projectionType,
    });
  }

  /** Rows that lists find by up to four of their fields. */
  protected rows(id: string): Table {
    const table = this.table(id, { partitionKey: { name: 'id', type: AttributeType.STRING } });
    for (const name of ['list', ...INDEX_SLOTS]) this.index(table, name, 'sort', ProjectionType.KEYS_ONLY);
    return table;
  }

  protected table(id: string, props: Pick<TableProps, 'partitionKey' | 'sortKey' | 'stream'>): Table {
    return new Table(this, id, {
      ...props,
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: TableEncryption.AWS_MANAGED,
      timeToLiveAttribute: 'expiresAt',
      removalPolicy: this.stageConfig.dataRemoval,
      deletionProtection: this.keepsData,
    });
  }
}
