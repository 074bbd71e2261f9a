import { reply, type Respond } from './upstream.ts';

/** Values that must not turn up anywhere but where they are due; each like nothing else. */
export const canaries = {
  pin: 'pinCanary7f3a',
  number: '735190246813',
  zero: '0918273645',
  word: 'wordcanarybcdf',
  otp: 'otpCanary51c8',
  adm: 'Bearer admCanary9d1e',
  pace: 'Bearer paceCanary4b2f',
  pims: 'Bearer pimsCanary6a7c',
  plain: 'Bearer plainCanary3e5d',
  cookie: 'sid=cookieCanary8b8b',
  variable: 'variableCanary2c6d',
  foreign: 'foreignCanary5f0a',
  proxy: 'Basic proxyCanary1a9e',
} as const;

/** What to look for: the values without the words before them, which anyone may say. */
export const traces: readonly string[] = Object.values(canaries).map((value) =>
  value.slice(value.search(/[ =]/) + 1),
);

/** All that a client of one session sends along, sensible or not. */
export const canaryNames: Readonly<Record<string, string>> = {
  'x-adm-authorization': canaries.adm,
  'x-pace-authorization': canaries.pace,
  'x-pims-authorization': canaries.pims,
  authorization: canaries.plain,
  cookie: canaries.cookie,
  'x-foreign': canaries.foreign,
  'proxy-authorization': canaries.proxy,
  'x-forwarded-for': canaries.foreign,
  'x-request-id': `${canaries.foreign} is not fit to be an id`,
};

/** Answers with everything that it was sent, wherever an error has room for words. */
export const echo: Respond = (response, request) => {
  const sent = `${request.headers.authorization ?? ''} ${request.body}`;
  const { authorization = '' } = request.headers;
  const error = { id: authorization, code: authorization, title: sent, detail: sent };
  const source = { parameter: authorization };
  const headers = { 'www-authenticate': authorization, location: `/${authorization}` };
  reply(401, { error: sent, errors: [{ ...error, source }] }, headers)(response, request);
};

/** A FAILED message of PIMS that repeats the PIN and the credential it was sent. */
export const echoFailure =
  (code: number): Respond =>
  (response, request) => {
    const { authorization = '' } = request.headers;
    const { parameters } = JSON.parse(request.body) as { parameters: { pinCode: string } };
    const label = `Invalid [${parameters.pinCode}] parameter`;
    const error = { code, label: code === 2102 ? label : `${parameters.pinCode} ${authorization}` };
    const transactionId = `${parameters.pinCode} ${authorization}`;
    reply(200, { transactionId, status: 'FAILED', error })(response, request);
  };

/** Cuts the connection without an answer. */
export const reset: Respond = (response) => response.socket?.resetAndDestroy();
