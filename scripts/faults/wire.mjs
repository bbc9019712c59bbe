// A wire between the house and PostgreSQL that understands where a message ends, and is cut there: anywhere, before a COMMIT is
// handed on, before its answer is, and right behind its answer. Or only so large a share of the COMMITs of those transactions in which a
// certain statement was answered.
import { createServer, connect } from 'node:net';

export const MOMENTS = ['anywhere', 'before COMMIT', 'before its answer', 'behind its answer'];

/** Splits what arrives into whole messages. The first one of a client has no letter. */
function messages(first, each) {
  let rest = Buffer.alloc(0);
  let bare = first;
  return (piece) => {
    rest = rest.length ? Buffer.concat([rest, piece]) : piece;
    for (;;) {
      const head = bare ? 0 : 1;
      if (rest.length < head + 4) return;
      const length = head + rest.readInt32BE(head);
      if (rest.length < length) return;
      const message = rest.subarray(0, length);
      rest = rest.subarray(length);
      bare = false;
      if (each(message, head ? String.fromCharCode(message[0]) : '') === false) return;
    }
  };
}
const text = (message, from) => message.toString('latin1', from, message.indexOf(0, from));

export class Wire {
  /** `only` is { share, of }: a pattern of the statement. */
  constructor(ground, dice, only = null) { Object.assign(this, { ground, dice, only, commits: 0, cuts: Object.fromEntries(MOMENTS.map((moment) => [moment, 0])), armed: false, open: new Set() }); }

  async start() {
    this.server = createServer({ noDelay: true }, (client) => this.join(client));
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    this.port = this.server.address().port;
    this.dsn = this.ground.dsn.replace(/@[^/]+\//, `@127.0.0.1:${this.port}/`);
    return this;
  }
  stop() { this.server.close(); for (const cut of this.open) cut(); }

  join(client) {
    const server = connect(`${this.ground.socket}/.s.PGSQL.${this.ground.port}`);
    const cut = () => { client.destroy(); server.destroy(); this.open.delete(cut); };
    this.open.add(cut);
    for (const side of [client, server]) side.on('error', cut).on('close', cut);
    const [commits, marked] = [new Set(), new Set()];
    let [left, moment, ran] = [0, null, false];
    /** True when this connection ends here. */
    const now = (here) => {
      if (!this.armed || this.only) return false;
      if (!moment) [moment, left] = [this.dice.of(MOMENTS), this.dice.between(1, 400)];
      if (here !== moment || (left -= here === 'anywhere' ? 1 : 40) > 0) return false;
      this.cuts[moment] += 1;
      cut();
      return true;
    };
    client.on('data', messages(true, (message, letter) => {
      if (letter === 'P') {
        const name = text(message, 5);
        const sql = text(message, 6 + name.length);
        if (/^\s*commit/i.test(sql)) commits.add(name); else commits.delete(name);
        if (this.only?.of.test(sql)) marked.add(name); else marked.delete(name);
      }
      const portal = letter === 'B' ? text(message, 5) : '';
      const statement = letter === 'B' ? text(message, 6 + portal.length) : null;
      ran ||= marked.has(statement);
      const commit = commits.has(statement) || (letter === 'Q' && /^\s*commit/i.test(text(message, 5)));
      if (now('anywhere') || (commit && now('before COMMIT'))) return false;
      if (commit && ran && this.armed) {
        [ran, this.commits] = [false, this.commits + 1];
        if (this.dice.next() < this.only.share) {
          this.cuts['before COMMIT'] += 1;
          cut();
          return false;
        }
      }
      server.write(message);
      return true;
    }));
    server.on('data', messages(false, (message, letter) => {
      const committed = letter === 'C' && text(message, 5) === 'COMMIT';
      if (letter === 'C' && text(message, 5) === 'ROLLBACK') ran = false;
      if (now('anywhere') || (committed && now('before its answer'))) return false;
      client.write(message);
      // What was written is let go before the end.
      if (committed && this.armed && moment === 'behind its answer') return !now('behind its answer');
      if (committed && this.armed && !moment) now('behind its answer');
      return true;
    }));
  }
}
