// Customers from another system's file: matched, tried, run, mended, found, and taken back; two who are one merged and parted
// again; and the list taken along as CSV and Excel. Started by `cargo test -p tradewind --test journey` with BASE, CHROMIUM,
// COMPANY ({slug, email, password, api_key}) and OUT (for the pictures).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { Eyes, desk, field, heading, press } from './eyes.mjs';
import { ask } from './wire.mjs';

const { BASE: base, COMPANY, OUT: out } = process.env;
const company = JSON.parse(COMPANY);
const home = `http://${company.slug}.localhost:${new URL(base).port}`;
const eyes = await new Eyes(out).open();
const page = await (await eyes.person(desk)).newPage();
const slow = { timeout: 120_000 };

/** As Jobber writes it, and as people fill it in. */
function jobber(clients) {
  const head = 'J-ID,Display Name,First Name,Last Name,Main Phone #s,E-mails,Service Street 1,Service City,Service State,Service Zip code,CFT[Gate code]';
  const lines = Array.from({ length: clients }, (_, n) => `${n},Client ${n},,,"(217) ${String(200 + n % 700)}-${String(1000 + n)}; ${n % 5 ? "" : "(217) 555-0100"}",c${n}@example.com,${n} Elm St,Springfield,IL,62701,0${n}`);
  return `\ufeff${[head, ...lines,
    '9001,Nadia Petrov,Nadia,Petrov,217.555.0901,"NADIA@example.com; petrov@example.com",4 Fir St,Salem,IL,62702,0471',
    '9001,Nadia Petrov,Nadia,Petrov,217.555.0901,NADIA@example.com,9 Lake Rd,Chatham,IL,62629,0471',
    '9002,Omar Quist,Omar,Quist,--,not-an-address,,,,,',
    ',Totals,,,3,,,,,,',
  ].join('\r\n')}\r\n`;
}

async function choose(name, text) {
  await page.goto(`${home}/customers/import`);
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  await press(page, 'Read file');
}

/** The page as it stands while the work goes on: it is not asked again how far it is. */
async function seeAtWork(name, says) {
  await page.getByText(says).first().waitFor();
  await eyes.see(page, name);
  await page.unroute('**/progress');
}
const hold = () => page.route('**/progress', (route) => route.abort());

async function downloaded(link) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: link }).first().click()]);
  return readFileSync(await file.path());
}

async function fromAFile() {
  await choose('jobber clients.csv', jobber(2400));
  await page.getByText('The other system has fields of its own: Gate code.').waitFor();
  assert.equal(await page.getByLabel('The file comes from').inputValue(), 'jobber');
  await page.getByLabel('What the column CFT[Gate code] holds').selectOption({ label: 'New field “Gate code”: text' });
  await eyes.see(page, 'file-columns');
  await press(page, 'Check the file');
  await page.getByRole('button', { name: 'Import 2,402 customers' }).waitFor(slow);
  await page.getByText('That is not an e-mail address').first().waitFor();
  await eyes.see(page, 'file-checked');
  const at = page.url();

  await hold();
  await press(page, 'Import 2,402 customers');
  await seeAtWork('file-running', /^Importing: /);
  await page.getByText('Undo this import').waitFor(slow);
  await eyes.see(page, 'file-done');

  // What was refused is mended in the file of refused lines, and that file imported.
  const refused = (await downloaded(/^Download the refused line/)).toString();
  assert.match(refused, /Omar Quist.*not-an-address.*That is not an e-mail address/);
  await choose('mended.csv', refused.replace('not-an-address', 'omar@example.com'));
  await press(page, 'Check the file');
  await page.getByRole('button', { name: 'Import 1 customer', exact: true }).click(slow);
  await page.getByText('Undo this import').waitFor(slow);

  await page.goto(`${home}/customers?q=petrov`);
  await page.getByRole('link', { name: 'Nadia Petrov' }).first().click();
  await heading(page, 'Nadia Petrov');
  for (const says of ['0471', '9 Lake Rd']) await page.getByText(says).first().waitFor();
  await eyes.see(page, 'file-customer');

  await page.goto(at);
  await page.getByText('Undo this import').click();
  await eyes.see(page, 'file-undo-asked');
  await hold();
  await press(page, 'Undo all of it');
  await seeAtWork('file-undo-at-work', /^Undoing: /);
  await page.getByText(/^Undone for 2,401 customers/).waitFor(slow);
  await eyes.see(page, 'file-undone');
  await page.goto(`${home}/customers?q=petrov`);
  assert.equal(await page.getByRole('link', { name: 'Nadia Petrov' }).count(), 0, 'she is gone again');
  await page.goto(`${home}/customers?q=quist`);
  await page.getByRole('link', { name: 'Omar Quist' }).first().waitFor();
}

async function add(name, more) {
  const answer = await ask(base, company, 'POST', '/api/v1/customers', { name, ...more });
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

async function twoWhoAreOne() {
  const email = 'rivera@example.com';
  const one = await add('Rivera, Ana', { email, phone: '(217) 555-0142', location: { street: '12 Elm St', city: 'Salem' } });
  await add('Ana Rivera', { email, phone: '(217) 555-0143', notes: 'Ring twice' });
  const compare = page.getByRole('link', { name: /^Compare .*Rivera/ }).first();
  // They are compared once the relay has come to them, behind all that the file and its undoing told.
  const until = Date.now() + slow.timeout;
  do {
    await page.goto(`${home}/customers/duplicates`);
    await page.waitForTimeout(500);
  } while (!(await compare.count()) && Date.now() < until);
  await eyes.see(page, 'pair-suggested');
  await compare.click();
  await page.getByRole('button', { name: 'Merge' }).waitFor();
  await eyes.see(page, 'pair-compared');
  await press(page, 'Merge');
  await page.waitForURL(new RegExp(`/customers/${one.id}$`));
  await page.getByText('Merged into this customer').waitFor();
  await eyes.see(page, 'pair-merged');
  await page.goto(`${home}/customers?q=rivera`);
  assert.equal(await page.locator('tr[data-row]').count(), 1, 'they are one');
  await page.goto(`${home}/customers/${one.id}`);
  await page.getByRole('button', { name: /^Take back the merge/ }).first().click();
  await page.getByText('Merged into this customer').waitFor({ state: 'detached' });
  await eyes.see(page, 'pair-parted');
  await page.goto(`${home}/customers?q=rivera`);
  assert.equal(await page.locator('tr[data-row]').count(), 2, 'they are two again');
}

/** The parts of a workbook by their names, by what its directory says of them. */
function unzipped(bytes) {
  const parts = {};
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = bytes.readUInt32LE(end + 16);
  for (let n = bytes.readUInt16LE(end + 10); n > 0; n -= 1) {
    const [size, name, more, said, from] = [bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32), bytes.readUInt32LE(at + 42)];
    const start = from + 30 + bytes.readUInt16LE(from + 26) + bytes.readUInt16LE(from + 28);
    const packed = bytes.subarray(start, start + size);
    parts[bytes.toString('utf8', at + 46, at + 46 + name)] = (bytes.readUInt16LE(at + 10) ? inflateRawSync(packed) : packed).toString();
    at += 46 + name + more + said;
  }
  return parts;
}

async function exported(format) {
  await page.goto(`${home}/exports/new?list=customers`);
  if (format !== 'CSV') await page.getByText(format, { exact: true }).first().click();
  else await eyes.see(page, 'list-export');
  await press(page, 'Export');
  await page.getByRole('link', { name: `Download ${format}` }).waitFor(slow);
  if (format === 'CSV') await eyes.see(page, 'list-exported');
  return downloaded(`Download ${format}`);
}

async function theListTakenAlong() {
  await add('=HYPERLINK("http://x.example","Pay")', { email: 'formula@example.com' });
  const csv = (await exported('CSV')).toString();
  assert.ok(csv.includes(`"'=HYPERLINK(""http://x.example"",""Pay"")"`), csv);
  for (const says of ['Omar Quist', 'omar@example.com', 'Ana Rivera', 'formula@example.com']) assert.ok(csv.includes(says), `${says}: ${csv}`);
  assert.ok(!csv.includes('Nadia Petrov'), 'whoever was taken back is not in it');
  const parts = unzipped(await exported('Excel'));
  const sheets = Object.entries(parts).filter(([name]) => name.startsWith('xl/')).map(([, text]) => text).join('\n');
  assert.ok(!/<f[ >]/.test(sheets), 'no cell is calculated');
  assert.ok(/&apos;=HYPERLINK|'=HYPERLINK/.test(sheets), 'what begins as a formula stays a text');
  assert.ok(sheets.includes('Omar Quist'));
}

let failed;
try {
  await page.goto(`${home}/sign-in`);
  await field(page, 'Email').fill(company.email);
  await field(page, 'Password').fill(company.password);
  await press(page, 'Sign in');
  await page.waitForURL((url) => url.pathname !== '/sign-in');
  await fromAFile();
  await twoWhoAreOne();
  await theListTakenAlong();
} catch (error) {
  failed = error;
  await page.screenshot({ path: `${out}/failed.png` }).catch(() => {});
  console.log(`failed at ${page.url()}`);
}
await eyes.close();
for (const one of [...new Set(eyes.wrong)]) console.log(`wrong: ${one}`);
if (failed) console.log(failed.stack);
console.log(`${eyes.screens} screens, each at 2 widths in light and dark; ${eyes.wrong.length} things wrong`);
process.exit(failed || eyes.wrong.length ? 1 : 0);
