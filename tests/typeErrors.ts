/** The project's own compiler, with its own strict flags, over sources in memory. */
import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** Errors of the compiler as `name: message`; none where all sources compile. @param sources path (`/a.mts`) → text */
export function typeErrors(sources: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile('tsconfig.json', (path) => readFileSync(path, 'utf8')) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');
  const host = ts.createCompilerHost(options);
  const inherited = host.getSourceFile.bind(host);
  const exists = host.fileExists.bind(host);
  host.getSourceFile = (name, language) => {
    const text = sources.get(name);
    return text === undefined ? inherited(name, language) : ts.createSourceFile(name, text, language);
  };
  host.fileExists = (name) => sources.has(name) || exists(name);
  const { tsBuildInfoFile: _unused, ...strict } = options;
  const program = ts.createProgram(
    [...sources.keys()],
    { ...strict, noEmit: true, incremental: false, types: [] },
    host,
  );
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file, messageText }) =>
        `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
}

/** Kinds of the statements of a source, by which a test shows that a module of types has no code. */
export function statementKinds(text: string): Set<string> {
  const { statements } = ts.createSourceFile('/a.mts', text, ts.ScriptTarget.ESNext);
  return new Set(statements.map(({ kind }) => ts.SyntaxKind[kind]));
}
