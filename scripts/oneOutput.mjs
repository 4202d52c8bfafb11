import { privateMembers } from './privateMembers.mjs';

const message =
  'a control character in a text of others acts on a terminal: write through clients/cli/output.ts, which escapes it (the hub: hub/report.ts)';

/** `import { stdout } from 'node:process'` would pass by the rule below. */
export const processModule = { name: 'node:process', message };

/** stdout and stderr are written by one module of the command line and one of the hub; both escape hidden characters. */
export const oneOutput = [
  {
    files: ['clients/cli/**/*.ts', 'hub/**/*.ts', 'machine/**/*.ts'],
    ignores: ['**/*.test.ts', 'clients/cli/output.ts', 'hub/report.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...['stdout', 'stderr'].map((property) => ({ object: 'process', property, message })),
      ],
    },
  },
  {
    files: ['clients/cli/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        privateMembers,
        ...[
          'CallExpression[callee.name=/^(?:writeSync|writeFileSync|appendFileSync|createWriteStream|openSync)$/][arguments.0.raw=/^(?:[12]|..dev.(?:stdout|stderr|tty|fd).*)$/]',
          "Property[key.name='stdio'] Literal[value='inherit']",
        ].map((selector) => ({ selector, message })),
      ],
    },
  },
];
