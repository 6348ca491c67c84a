import { stat } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { resolvePolicy } from '../../../machines/policy.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { redactUrl } from '../../chain/redact.ts';
import { TrustedHosts } from '../../trusted-hosts.ts';
import { DEFAULT_LEASE_MS, DEFAULT_POLL_MS } from '../commands/run-options.ts';
import { policyFrom } from '../policy-options.ts';
import { type Check, type Finding, failed, problemsOr, warning } from './check.ts';
import { findingOf } from './from-error.ts';
import { describePolicy, judgePolicy } from './policy.ts';
import type { DoctorOptions } from './subject.ts';
import { counted, seconds } from './texts.ts';

/** Whether the flags are fit for money, each by itself and with the others. */
export const configuration: Check = {
  name: 'configuration',
  async examine({ options }) {
    const { node } = process.versions;
    const { lease = DEFAULT_LEASE_MS, pollInterval = DEFAULT_POLL_MS, confirmations } = options;
    const policy = resolvePolicy(policyFrom(options));
    const problems = [
      ...judgeNode(node),
      ...judgePolicy(policy),
      ...judgeFlags(options),
      ...(await judgeSecrets(options)),
    ];
    return problemsOr(
      problems,
      `Node ${node}; ${describePolicy(policy)}; a tick every ${seconds(pollInterval)}, lease ${seconds(lease)}, ` +
        `final after ${counted(confirmations, 'block')}`,
    );
  },
};

/** @param version like 24.1.0 */
export function judgeNode(version: string): readonly Finding[] {
  const oldest = packageJson.engines.node.replace('>=', '');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldest.split('.').map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return [];
  return [failed(`Node ${version}, which is too old`, `install Node ${oldest} or newer`)];
}

type Flags = Pick<
  DoctorOptions,
  'lease' | 'pollInterval' | 'confirmations' | 'host' | 'allowHost' | 'rpcUrl' | 'controlTokenFile'
>;

/** What is wrong with the flags, without a look at what they name. */
export function judgeFlags(flags: Flags): readonly Finding[] {
  const { lease = DEFAULT_LEASE_MS, pollInterval = DEFAULT_POLL_MS, confirmations, host, rpcUrl } = flags;
  const problems = [...judgeHosts(flags.allowHost)];
  if (lease <= pollInterval) {
    problems.push(
      warning(
        `--lease ${seconds(lease)} is not longer than --poll-interval ${seconds(pollInterval)}: ` +
          'of two executors each begins anew at every tick',
        'make the lease several times as long as the interval',
      ),
    );
  }
  if (confirmations === 1) {
    problems.push(
      warning(
        '--confirmations 1: what a reorganisation takes back was final before',
        'take 12, or what the chain calls final; 1 is for chains that are never reorganised',
      ),
    );
  }
  if (host !== undefined && !isLoopback(host)) {
    const token = flags.controlTokenFile === undefined ? '' : ', and the control token is sent in clear';
    problems.push(
      warning(
        `--host ${host}: whoever reaches that address reads metrics and charts${token}`,
        'listen on 127.0.0.1, with a proxy before it that has TLS and a login',
      ),
    );
  }
  if (rpcUrl !== undefined && isForgeable(rpcUrl)) {
    problems.push(
      warning(
        `--rpc-url ${redactUrl(rpcUrl)}: without TLS, what the chain answers can be forged on the way`,
        'use an https endpoint, or a node on this machine',
      ),
    );
  }
  return problems;
}

/** As the server would, which ends with it. */
function judgeHosts(allowHost: readonly string[] | undefined): readonly Finding[] {
  try {
    new TrustedHosts(allowHost);
    return [];
  } catch (error) {
    return [findingOf(error)];
  }
}

const isLoopback = (host: string): boolean => new TrustedHosts().isHost(isIPv6(host) ? `[${host}]` : host);

function isForgeable(rpcUrl: string): boolean {
  const url = URL.parse(rpcUrl);
  return url?.protocol === 'http:' && !new TrustedHosts().isHost(url.hostname);
}

async function judgeSecrets({ keyFile, controlTokenFile }: DoctorOptions): Promise<readonly Finding[]> {
  if (keyFile === undefined || controlTokenFile === undefined) return [];
  const [key, token] = await Promise.all([identityOf(keyFile), identityOf(controlTokenFile)]);
  if (key === undefined || key !== token) return [];
  return [
    failed(
      '--key-file and --control-token-file name one file: whoever may isolate the breaker has the key',
      'put a token of its own into another file: (umask 077; openssl rand -hex 32 > control.token)',
    ),
  ];
}

/** Device and number of a file; `undefined` where there is none, which another check tells. */
async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && `${found.dev}:${found.ino}`;
}
