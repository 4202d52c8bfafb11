import { Argument, type Command } from 'commander';
import { editorSchema } from '../../../policies/documents/editorSchema.ts';
import { data } from '../verb.ts';

export function registerSchema(policy: Command): void {
  policy
    .command('schema')
    .description('策略文档的 JSON Schema（供编辑器补全） / JSON Schema of the documents, for editors')
    .addArgument(new Argument('<kind>', 'kind of document').choices(['Agreement', 'Restriction']))
    .addHelpText('after', '\nExample: datong policy schema Agreement > agreement.schema.json')
    .action((kind: 'Agreement' | 'Restriction') => data(JSON.stringify(editorSchema(kind), null, 2)));
}
