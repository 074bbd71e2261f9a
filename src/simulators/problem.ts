/** Why a simulator refuses a request, before it is put into the words of the provider. */
export interface Problem {
  /** The HTTP status. */
  readonly status: number;
  /** What is wrong, for the person who reads it. Never contains a PIN, an OTP or a credential. */
  readonly detail: string;
  /** The provider's own error code (PACE only). */
  readonly code?: string;
  /** The query parameter at fault (PACE only). */
  readonly parameter?: string;
  /** The JSON Pointer of the member at fault (PACE only). */
  readonly pointer?: string;
  /** Further response headers, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by whatever reads a request; the server answers it in the words of the provider. */
export class Refusal extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** Ends the request with a refusal. */
export function refuse(
  status: number,
  detail: string,
  more: Omit<Problem, 'status' | 'detail'> = {},
): never {
  throw new Refusal({ status, detail, ...more });
}
