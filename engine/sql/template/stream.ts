import type { EltError } from "../../errors.ts";
import { type Token, type TokenType, tokenize } from "./lexer.ts";
import type { Span } from "./nodes.ts";
import type { Source } from "./source.ts";
import { quoted } from "./spell.ts";

const DESCRIPTIONS: Readonly<Partial<Record<TokenType, string>>> = {
  data: "template data / text",
  "print begin": "begin of print statement",
  "print end": "end of print statement",
  "block begin": "begin of statement block",
  "block end": "end of statement block",
  eof: "end of template",
};

/** The tokens of a template, one ahead. */
export class TokenStream {
  readonly source: Source;
  readonly #tokens: readonly Token[];
  #index = 0;
  #current: Token;
  /** Where the last token taken ends. */
  end = 0;
  /** The last tag that was begun: what to point at when the text ends inside it. */
  #tag: Token | undefined;

  constructor(source: Source) {
    this.source = source;
    this.#tokens = tokenize(source);
    this.#current = this.#at(0);
  }

  get current(): Token {
    return this.#current;
  }

  next(): Token {
    const token = this.#current;
    this.end = token.end;
    if (token.type === "block begin" || token.type === "print begin") this.#tag = token;
    if (token.type === "eof") return token;
    this.#index += 1;
    this.#current = this.#at(this.#index);
    return token;
  }

  /** Is the current token this operator? */
  at(operator: string): boolean {
    return this.#current.type === "operator" && this.#current.text === operator;
  }

  atName(word: string): boolean {
    return this.#current.type === "name" && this.#current.text === word;
  }

  lookAtName(word: string): boolean {
    const token = this.#tokens[this.#index + 1];
    return token?.type === "name" && token.text === word;
  }

  lookAt(operator: string): boolean {
    const token = this.#tokens[this.#index + 1];
    return token?.type === "operator" && token.text === operator;
  }

  skip(operator: string): boolean {
    if (!this.at(operator)) return false;
    this.next();
    return true;
  }

  skipName(word: string): boolean {
    if (!this.atName(word)) return false;
    this.next();
    return true;
  }

  expect(operator: string): Token {
    if (this.at(operator)) return this.next();
    throw this.#unexpected(operator);
  }

  expectName(word?: string): Token {
    if (this.#current.type === "name" && (word === undefined || this.#current.text === word)) {
      return this.next();
    }
    throw this.#unexpected(word ?? "name");
  }

  expectType(type: TokenType): Token {
    if (this.#current.type === type) return this.next();
    throw this.#unexpected(DESCRIPTIONS[type] ?? type);
  }

  fail(message: string, span: Span = this.#current): EltError {
    const atEnd = span === this.#current && this.#current.type === "eof";
    return this.source.error(message, atEnd ? (this.#tag ?? span) : span);
  }

  #unexpected(expected: string): EltError {
    const message =
      this.#current.type === "eof"
        ? `unexpected end of template, expected ${quoted(expected)}.`
        : `expected token ${quoted(expected)}, got ${quoted(describe(this.#current))}`;
    return this.fail(message);
  }

  #at(index: number): Token {
    const token = this.#tokens[index];
    if (token === undefined) throw new RangeError("read past the end of the template");
    if (token.type === "broken") throw this.source.error(token.text, token);
    return token;
  }
}

/** What a person calls a token. */
export function describe(token: Token): string {
  if (token.type === "name" || token.type === "operator") return token.text;
  return DESCRIPTIONS[token.type] ?? token.type;
}
