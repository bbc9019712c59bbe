// The machine it runs on, and what the operating system charged to its processes.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

const HZ = process.platform === 'linux' ? Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) : NaN;

/** What /proc says of a process, beginning after its name; null when it has ended. */
const stat = (pid) => { try { return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' '); } catch { return null; } };

/** Seconds of CPU that a process was charged so far; with its children, those too that it has taken leave of. */
export function charged(pid, withChildren = false) {
  const f = stat(pid);
  return f ? (Number(f[11]) + Number(f[12]) + (withChildren ? Number(f[13]) + Number(f[14]) : 0)) / HZ : 0;
}

/** Of PostgreSQL and of all its backends, those that have ended and those that run. */
export function chargedToPostgres(postmaster) {
  const backends = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && Number(stat(pid)?.[1]) === postmaster);
  return charged(postmaster, true) + backends.reduce((sum, pid) => sum + charged(pid), 0);
}

/** What a process holds in memory, in MB. */
export const memory = (pid) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024;

export const cores = cpus().length;
export const machine = () => `${cores} × ${cpus()[0]?.model ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
