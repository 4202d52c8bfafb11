/**
 * Finds uses of the outside world: the clock, randomness, files, sockets, threads, the machine. It refuses everything except what is known
 * to be the same everywhere and always, so that unforeseen ways are refused too.
 */
import ts from 'typescript';
import { isImport, type Lookup } from './declared.ts';

export type Tell = (node: ts.Node, what: string) => void;

const computing = new Set(['buffer', 'util', 'zlib']);
/** In these modules of Node only a few functions are pure; the others read the environment, or are random. */
const computingOf: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['net', new Set(['isIP', 'isIPv4', 'isIPv6'])],
  [
    'crypto',
    new Set([
      ...['createHash', 'createHmac', 'hash', 'hkdfSync', 'pbkdf2Sync', 'scryptSync', 'getHashes'],
      ...['createPrivateKey', 'createPublicKey', 'createSecretKey', 'KeyObject', 'X509Certificate'],
      ...['sign', 'verify', 'timingSafeEqual', 'createCipheriv', 'createDecipheriv'],
    ]),
  ],
]);
/** Packages that compute. */
const packages =
  /^(@peculiar\/x509|@turf\/(boolean-point-in-polygon|kinks)|ajv|ajv\/dist\/20(19|20)\.js|ajv-formats|gcoord|hucre(\/xlsx)?|jose|lru-cache|node-forge|reflect-metadata|yaml)$/;
const randomMember =
  /^(random(Bytes|UUID|Int|Fill\w*)?|getRandomValues|getBytesSync|generateKey\w*|generateSecret|generatePrime\w*|createRemoteJWKSet)$/;

/** Built-ins of the language that are the same everywhere and always. */
const language = new Set(
  (
    'Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Error Float32Array Float64Array Infinity Int16Array Int32Array ' +
    'Int8Array JSON Map NaN Number Object Promise Proxy RangeError RegExp Set String Symbol SyntaxError TypeError URIError URL URLSearchParams ' +
    'Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet ReadableStream TransformStream DecompressionStream CompressionStream ' +
    'TextDecoder TextEncoder Buffer AggregateError EvalError ReferenceError Iterator ' +
    'atob btoa decodeURI decodeURIComponent encodeURI encodeURIComponent isFinite isNaN parseFloat parseInt structuredClone undefined arguments'
  ).split(' '),
);
/** Of these only some members are. */
const languageMembers: ReadonlyMap<string, RegExp> = new Map([
  ['Date', /^(parse|UTC|prototype)$/],
  ['Math', /^(?!random$)/],
  ['Reflect', /^(get|has|ownKeys|deleteProperty|set)$/],
  ['crypto', /^subtle\.(importKey|exportKey|digest|verify|deriveBits)$/],
]);
/** Members whose result depends on the clock, zone, language or files of the machine. */
const machineMember =
  /^(getTimezoneOffset|get(Full)?Year|get(Month|Date|Day|Hours|Minutes|Seconds|Milliseconds)|set(FullYear|Month|Date|Hours|Minutes|Seconds|Milliseconds)|to(Locale|Date|Time)\w*String|toLocale\w+|localeCompare|createObjectURL|constructor)$/;

/** Reports each use that is not pure. */
export function reportUse(node: ts.Node, lookup: Lookup, tell: Tell): void {
  if (ts.isImportDeclaration(node)) {
    const { importClause } = node;
    if (importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return;
    reportModule(node, node.moduleSpecifier, namesOf(importClause), tell);
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && !node.isTypeOnly) {
    const { exportClause } = node;
    const names =
      exportClause !== undefined && ts.isNamedExports(exportClause)
        ? exportClause.elements
            .filter((one) => !one.isTypeOnly)
            .map((one) => (one.propertyName ?? one.name).text)
        : ['*'];
    reportModule(node, node.moduleSpecifier, names, tell);
  }
  if (ts.isImportEqualsDeclaration(node)) tell(node, 'import = require');
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    reportModule(node, node.arguments[0], ['*'], tell);
  if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) tell(node, 'import.meta');
  if (ts.isIdentifier(node)) reportGlobal(node, lookup, tell);
  reportMember(node, lookup, tell);
}

/** The names that an import binds; `*` is all of the module. */
function namesOf(clause: ts.ImportClause | undefined): readonly string[] {
  const bindings = clause?.namedBindings;
  return [
    ...(clause === undefined || clause.name !== undefined ? ['*'] : []),
    ...(bindings === undefined
      ? []
      : ts.isNamespaceImport(bindings)
        ? ['*']
        : bindings.elements
            .filter((one) => !one.isTypeOnly)
            .map((one) => (one.propertyName ?? one.name).text)),
  ];
}

function reportModule(
  node: ts.Node,
  specifier: ts.Expression | undefined,
  names: readonly string[],
  tell: Tell,
): void {
  if (specifier === undefined || !ts.isStringLiteralLike(specifier)) {
    tell(node, 'a module that is named when it is loaded');
    return;
  }
  const { text } = specifier;
  if (text.startsWith('.')) return;
  const own = text.replace(/^node:/, '');
  const some = computingOf.get(own);
  if (some !== undefined) {
    for (const name of names)
      if (!some.has(name)) tell(specifier, name === '*' ? `${name} of ${text}` : name);
    return;
  }
  if (!computing.has(own) && !packages.test(text)) tell(specifier, text);
  if (packages.test(text)) for (const name of names) if (randomMember.test(name)) tell(specifier, name);
}

/** A name that no scope of the file declares. */
function reportGlobal(node: ts.Identifier, lookup: Lookup, tell: Tell): void {
  if (!isValue(node) || language.has(node.text) || lookup(node) !== undefined) return;
  const { parent } = node;
  if (node.text === 'globalThis' && ts.isPropertyAccessExpression(parent) && parent.expression === node) {
    reportChain(parent.name.text, parent, tell);
    return;
  }
  reportChain(node.text, node, tell);
}

/** `Date.parse`, `crypto.subtle.importKey`: a global by its name, and the member that is read. */
function reportChain(name: string, node: ts.Expression, tell: Tell): void {
  if (language.has(name) || (name === 'Date' && isReportedDate(node, tell))) return;
  const member = memberOf(node);
  const further = member === undefined ? undefined : memberOf(member.access);
  const requested = member === undefined ? undefined : [member.name, further?.name].filter(Boolean).join('.');
  const allowed = languageMembers.get(name);
  const isAllowed =
    allowed !== undefined &&
    member !== undefined &&
    (allowed.test(member.name) || allowed.test(requested ?? ''));
  if (!isAllowed) tell(node, member === undefined ? name : `${name}.${member.name}`);
}

/** `new Date(at)` and `instanceof Date` read no clock, `new Date()` does. @returns whether `Date` is used in one of these ways */
function isReportedDate(node: ts.Expression, tell: Tell): boolean {
  const { parent } = node;
  if (ts.isNewExpression(parent) && parent.expression === node) {
    const [first] = parent.arguments ?? [];
    if (first === undefined || ts.isSpreadElement(first)) tell(parent, 'new Date()');
    return true;
  }
  return ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword;
}

/** The member that is read of an expression, by whichever writing. */
function memberOf(
  node: ts.Expression,
): { readonly name: string; readonly access: ts.Expression } | undefined {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.expression === node)
    return { name: parent.name.text, access: parent };
  if (ts.isElementAccessExpression(parent) && parent.expression === node)
    return ts.isStringLiteralLike(parent.argumentExpression)
      ? { name: parent.argumentExpression.text, access: parent }
      : undefined;
  return undefined;
}

/** Whether an identifier is read as a value: neither the name of a member or a declaration, nor a type. */
function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent) || ts.isMetaProperty(parent))
    return ts.isPropertyAccessExpression(parent) && parent.expression === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (isNameOf(node, parent) || isLabelOrImport(parent)) return false;
  if (ts.isExpressionWithTypeArguments(parent))
    return ts.isHeritageClause(parent.parent) && isOfClass(parent.parent);
  if (ts.isTypeParameterDeclaration(parent) || ts.isTypePredicateNode(parent)) return false;
  return !ts.isTypeNode(parent) && !ts.isTypeElement(parent);
}

const isNameOf = (node: ts.Identifier, parent: ts.Node): boolean =>
  ('name' in parent && parent.name === node) || ('propertyName' in parent && parent.propertyName === node);

/** Parents whose identifiers are labels, or names of what a module imports or exports. */
const isLabelOrImport = (parent: ts.Node): boolean =>
  ts.isLabeledStatement(parent) ||
  ts.isBreakOrContinueStatement(parent) ||
  ts.isImportClause(parent) ||
  ts.isImportSpecifier(parent) ||
  ts.isExportSpecifier(parent);

/** The base of a class is a value; what a class implements or an interface extends is a type. */
const isOfClass = ({ parent, token }: ts.HeritageClause): boolean =>
  ts.isClassLike(parent) && token === ts.SyntaxKind.ExtendsKeyword;

/** Members that read the machine, or are random, on any object. */
function reportMember(node: ts.Node, lookup: Lookup, tell: Tell): void {
  const name = ts.isPropertyAccessExpression(node)
    ? node.name.text
    : ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)
      ? node.argumentExpression.text
      : ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)
        ? (node.propertyName ?? node.name).getText()
        : undefined;
  if (name === undefined) return;
  const owner =
    ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)
      ? lookup(node.expression)
      : undefined;
  // a source of randomness that is handed in may be called so; one that is imported is a package's own
  // PKCS #12 derives its key from the password
  if (/\.pkcs12\.generateKey$/.test(node.getText())) return;
  const isRandom = name === 'random' ? owner !== undefined && isImport(owner.node) : randomMember.test(name);
  if (isRandom || machineMember.test(name)) tell(node, `.${name}`);
}
