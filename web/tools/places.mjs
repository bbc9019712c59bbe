// Every page of a company with the demo's data, and who looks at it: for `tools/tour.mjs` and for the walk among the journeys.

/** Signs in at `base`, finds an id of everything, and answers [{ who, cookies, at, list: [[name, path]] }]. */
export async function placesOf(base, who = {}) {
  const { hostname, port } = new URL(base);
  const company = hostname.split('.')[0];
  const loopback = `http://127.0.0.1:${port}`;

  // Node does not resolve *.localhost everywhere; the browser does. The server only reads the name.
  async function ask(path, init = {}) {
    const { request } = await import('node:http');
    return new Promise((done, failed) => {
      const going = request(loopback + path, { method: init.method || 'GET', headers: { host: `${hostname}:${port}`, ...init.headers } }, (answer) => {
        let text = '';
        answer.on('data', (part) => { text += part; }).on('end', () => done({ status: answer.statusCode, headers: answer.headers, text }));
      });
      going.on('error', failed);
      going.end(init.body);
    });
  }

  async function signIn(who) {
    const body = new URLSearchParams({ email: `${who}@${company}.example`, password: 'tradewind demo', next: '/' }).toString();
    const answer = await ask('/sign-in', { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded', origin: base } });
    const [name, value] = (answer.headers['set-cookie']?.[0] ?? '').split(';')[0].split('=');
    if (!value) throw new Error(`${who} could not sign in: ${answer.status} ${answer.text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ').slice(0, 300)}`);
    return { name, value, url: `https://${hostname}/`, secure: true };
  }

  const links = async (cookie, page, pattern) => {
    const { text } = await ask(page, { headers: { cookie: `${cookie.name}=${cookie.value}` } });
    return [...new Set([...text.matchAll(/href="([^"]+)"/g)].map((m) => m[1].replaceAll('&amp;', '&')).filter((href) => pattern.test(href)))];
  };
  const first = async (cookie, page, pattern) => (await links(cookie, page, pattern))[0];

  const owner = await signIn(who.owner || 'olive');
  const technician = await signIn(who.technician || (company === 'acme-hvac' ? 'marco' : 'lena'));
  const id = '[0-9a-f-]{36}';
  const customer = await first(owner, '/customers', new RegExp(`^/customers/${id}$`));
  const job = await first(owner, '/jobs', new RegExp(`^/jobs/${id}`));
  const price = await first(owner, '/price-book', new RegExp(`^/price-book/${id}`));
  const bundle = await first(owner, '/price-book?q=spares', new RegExp(`^/price-book/${id}`));
  const jurisdiction = await first(owner, '/settings/taxes', new RegExp(`^/settings/taxes/${id}`));
  const markup = await first(owner, '/price-book/markups', new RegExp(`^/price-book/markups/${id}`));
  const jobDone = await first(owner, '/jobs?status=completed', new RegExp(`^/jobs/${id}`));
  const jobHeld = await first(owner, '/jobs?status=on_hold', new RegExp(`^/jobs/${id}`));
  const checklist = await first(owner, '/settings/checklists', new RegExp(`^/settings/checklists/${id}`));
  const tech = await first(owner, '/technicians', new RegExp(`^/technicians/${id}`));
  const area = await first(owner, '/service-areas', new RegExp(`^/service-areas/${id}`));
  const surcharge = await first(owner, '/settings/surcharges', new RegExp(`^/settings/surcharges/${id}`));
  const person = await first(owner, '/settings/people', new RegExp(`^/settings/people/${id}`));
  const visit = await first(owner, '/', new RegExp(`^/appointments/${id}`));
  const phoneDone = (await links(technician, '/tech', new RegExp(`^/tech/jobs/${id}$`))).at(-1);
  const phoneJob = await first(technician, '/tech', new RegExp(`^/tech/jobs/${id}`));
  // There is a letter to look at once somebody has sent a test.
  await ask('/settings/email/test', { method: 'POST', headers: { cookie: `${owner.name}=${owner.value}`, origin: base, 'content-type': 'application/x-www-form-urlencoded' } });
  const mail = await first(owner, '/settings/email', new RegExp(`^/settings/email/${id}`));
  const program = await first(owner, '/settings/service-accounts', new RegExp(`^/settings/service-accounts/${id}`));
  const contactOf = () => first(owner, customer, new RegExp(`^/customers/contacts/${id}/edit`));
  const isThere = await contactOf();
  if (!isThere) await ask(`${customer}/contacts/new`, { method: 'POST', body: 'name=Ida+Rivers&phone=%28217%29+555-0199', headers: { cookie: `${owner.name}=${owner.value}`, origin: base, 'content-type': 'application/x-www-form-urlencoded' } });
  const contact = isThere ?? await contactOf();
  const location = await first(owner, customer, new RegExp(`^/customers/locations/${id}/edit`));
  let equipment, file, note;
  for (const one of (await links(owner, '/customers', new RegExp(`^/customers/${id}$`))).slice(0, 9)) {
    equipment ??= await first(owner, one, new RegExp(`^/customers/equipment/${id}$`));
    file ??= await first(owner, one, new RegExp(`^/customers/${id}/files/${id}$`));
    note ??= await first(owner, one, new RegExp(`^/customers/${id}/notes/${id}/edit$`));
  }
  // The newest waits for its columns, the one before it ran.
  const [waiting, imported] = await links(owner, '/customers/import', new RegExp(`^/customers/import/${id}$`));
  const [bookWaiting, bookImported] = await links(owner, '/price-book/imports', new RegExp(`^/price-book/imports/${id}$`));
  const merge = await first(owner, '/customers/duplicates', new RegExp(`^/customers/${id}/merge`));
  const plan = await first(owner, '/maintenance', new RegExp(`^/maintenance/${id}$`));
  const planRunning = (await links(owner, '/maintenance?status=active', new RegExp(`^/maintenance/${id}$`))).at(-1);
  const planVisit = planRunning && await first(owner, planRunning, new RegExp(`^/maintenance/${id}/visits/`));
  const states = await links(owner, '/invoices', /^\/invoices\?.*(state|status|only|show)=/);
  const invoices = [];
  for (const state of ['/invoices', ...states]) {
    const one = await first(owner, state, new RegExp(`^/invoices/${id}$`));
    if (one && !invoices.some((i) => i[1] === one)) invoices.push([`invoice-${(state.split('=')[1] || 'first').replace(/\W+/g, '')}`, one]);
  }

  const estimates = [];
  for (const state of ['draft', 'open', 'approved', 'declined']) {
    const one = await first(owner, `/estimates?status=${state}`, new RegExp(`^/estimates/${id}$`));
    if (one) estimates.push([`estimate-${state}`, one]);
  }
  const drafted = estimates.find((one) => one[0] === 'estimate-draft')?.[1];
  const line = drafted && await first(owner, drafted, new RegExp(`^${drafted}\\?line=`));
  const option = drafted && await first(owner, drafted, new RegExp(`^${drafted}\\?option=`));
  const adding = drafted && await first(owner, drafted, new RegExp(`^${drafted}\\?add=`));
  // The customer's pages, by the links that the office hands over.
  const byLink = [];
  for (const [name, page] of estimates.filter((one) => one[0] !== 'estimate-draft')) {
    const { text } = await ask(page, { headers: { cookie: `${owner.name}=${owner.value}` } });
    const path = text.match(/\/estimate\/[0-9a-f]{76}/)?.[0];
    if (path) byLink.push([`${name.replace('estimate', 'by-link')}`, path]);
    const choose = path && (await ask(path)).text.match(/name="option" value="([0-9a-f-]{36})"/)?.[1];
    if (choose && name === 'estimate-open') byLink.push(['by-link-sign', `${path}/sign?option=${choose}`]);
  }
  // How it was, said and to be said; and the portal, by the link in the mailbox.
  const done = await links(owner, '/ratings', new RegExp(`^/appointments/${id}$`));
  const unsaid = phoneDone && `/appointments/${phoneDone.split('/').pop()}`;
  for (const [name, page] of [['rate-said', done[0]], ['rate', unsaid]]) {
    const path = page && (await ask(page, { headers: { cookie: `${owner.name}=${owner.value}` } })).text.match(/\/rate\/[0-9a-f]{72}/)?.[0];
    if (path) byLink.push([name, path]);
  }
  const signedIn = await (async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded', origin: base };
    // Whoever was billed has most to see.
    const billed = await Promise.all(invoices.map(([, invoice]) => first(owner, invoice, new RegExp(`^/customers/${id}$`))));
    const others = (await links(owner, '/customers', new RegExp(`^/customers/${id}$`))).slice(0, 12);
    for (const page of new Set([...billed, ...others].filter(Boolean))) {
      const people = (await ask(`${page}/portal`, { headers: { cookie: `${owner.name}=${owner.value}` } })).text;
      const email = people.match(/name="email" value="([^"]+)"/)?.[1];
      if (!email) continue;
      await ask('/portal/sign-in', { method: 'POST', body: `email=${encodeURIComponent(email)}`, headers: form });
      for (let turn = 0; turn < 40; turn += 1) {
        await new Promise((later) => { setTimeout(later, 500); });
        const box = await new Promise((answered) => { import('node:http').then(({ request }) => request(`${loopback}/mailbox`, { headers: { host: `localhost:${port}` } }, (answer) => { let text = ''; answer.on('data', (part) => { text += part; }).on('end', () => answered(text)); }).end()); });
        const path = box.match(/\/portal\/enter\/[0-9a-f]{64}/)?.[0];
        if (!path) continue;
        byLink.push(['portal-link-used', path]);
        const entered = await ask(path, { method: 'POST', body: '', headers: form });
        const [name, value] = (entered.headers['set-cookie']?.find((set) => set.startsWith('__Host-tradewind-portal=')) ?? '').split(';')[0].split('=');
        return value && { path: `/portal/${page.split('/').pop()}`, office: `${page}/portal`, cookie: { name, value, url: `https://${hostname}/`, secure: true } };
      }
    }
    return undefined;
  })();
  const asCustomer = [];
  if (signedIn) {
    const cookie = signedIn.cookie;
    const bill = await first(cookie, `${signedIn.path}/invoices`, new RegExp(`^${signedIn.path}/invoices/${id}$`));
    for (const part of ['', '/visits', '/estimates', '/invoices', '/documents', '/cards', '/details']) asCustomer.push([`portal${part.replace('/', '-') || '-home'}`, `${signedIn.path}${part}`]);
    if (bill) asCustomer.push(['portal-invoice', bill]);
  }
  for (const [name, page] of invoices) {
    const { text } = await ask(page, { headers: { cookie: `${owner.name}=${owner.value}` } });
    const path = text.match(/\/invoice\/[0-9a-f]{72}/)?.[0];
    if (path) byLink.push([name.replace('invoice', 'invoice-by-link'), path]);
  }
  const paid = invoices.find(([name]) => name === 'invoice-paid');

  const asOwner = [
    ['today', '/'], ['board', '/board'], ['board-week', '/board?view=week'], ['visit', visit], ['visit-new', '/appointments/new'], ['visit-new-whom', '/appointments/new?q=a'], ['visit-new-for', `/appointments/new?customer_id=${customer.split('/').pop()}`], ['visit-move', visit && `${visit}/move`], ['board-list', '/board?view=list'], ['board-map', '/board?view=map'], ['board-beside', '/board?map=true'], ['settings-booking', '/settings/booking'], ['settings-surcharges', '/settings/surcharges'], ['settings-surcharges-new', '/settings/surcharges/new'], ['settings-surcharges-one', surcharge], ['settings-taxes', '/settings/taxes'], ['settings-taxes-tried', '/settings/taxes?city=Springfield&region=IL&postal_code=62701'], ['settings-taxes-new', '/settings/taxes/new'], ['settings-taxes-one', jurisdiction], ['settings-reminders', '/settings/reminders'], ['settings-card-payments', '/settings/card-payments'], ['books', '/books'], ['books-receivables', '/books/receivables'], ['books-taxes', '/books/taxes'], ['books-journal', '/books/journal'], ['books-close', '/books/close'], ['invoice-credit-note', paid && `${paid[1]}/credit-note`], ['customer-credit', `${customer}/credit`], ['customer-statement', `${customer}/statement`], ['customer-exemptions', `${customer}/tax-exemptions`], ['customers', '/customers'],
    ['books-deferred', '/books/deferred'], ['books-deposits', '/books/deposits'], ['books-payouts', '/books/payouts'], ['books-accounts', '/books/accounts'],
    ['checklists', '/settings/checklists'], ['settings-photos', '/settings/photos'], ['job-done', jobDone], ['job-held', jobHeld], ['job-visit-new', jobHeld && `${jobHeld.split('?')[0]}/visits/new`], ['timesheets', '/timesheets'], ['timesheet', tech && tech.replace('/technicians/', '/timesheets/')], ['checklist', checklist],
    ['customers-none', '/customers?q=zzzzqqq'], ['customer', customer], ['customer-new', '/customers/new'], ['customer-edit', `${customer}/edit`],
    ['contact-new', `${customer}/contacts/new`], ['contact-edit', contact], ['location-new', `${customer}/locations/new`], ['location-edit', location], ['consent', `${customer}/consent`], ['preferences', `${customer}/preferences`], ['equipment-new', `${customer}/equipment/new`], ['equipment', equipment], ['equipment-edit', equipment && `${equipment}/edit`],
    ['customer-import', '/customers/import'], ['import-columns', waiting], ['import-done', imported], ['duplicates', '/customers/duplicates'], ['merge-choose', `${customer}/merge`], ['merge', merge], ['relation-new', `${customer}/relations/new`], ['views', '/customers/views'], ['view-new', '/customers/views/new?city=Springfield'], ['customer-tags', `${customer}/tags`], ['note-edit', note], ['customer-pinned', note && note.split('/notes')[0]], ['customer-files', `${customer}/files`], ['customer-files-some', file && file.split('/').slice(0, 4).join('/')], ['customer-file-edit', file && `${file}/edit`], ['price-book', '/price-book'], ['price-book-starter', '/price-book/starter'], ['price-book-import', '/price-book/imports'], ['price-book-import-columns', bookWaiting], ['price-book-import-done', bookImported], ['price-book-new', '/price-book/new'], ['price-book-one', price],
    ['price-book-categories', '/price-book/categories'], ['price-book-labor', '/price-book/labor-rates'], ['price-book-change', '/price-book/change-prices'], ['price-book-change-look', '/price-book/change-prices?how=percent&by=5&round=up_99'], ['price-book-markups', '/price-book/markups'], ['price-book-markup', markup], ['price-book-bundle', bundle], ['price-book-parts', bundle && `${bundle}/parts`], ['price-book-taxes', '/price-book/taxes'], ['technicians', '/technicians'], ['technician-new', '/technicians/new'],
    ['technician', tech], ['resources', '/resources'], ['areas', '/service-areas'], ['area-new', '/service-areas/new'], ['area', area], ['travel-times', '/service-areas/travel-times'], ['scheduling-rules', '/settings/scheduling'], ['visit-messages', '/settings/visit-messages'], ['scheduling-missing', '/setup/scheduling'], ['item-needs', price && `${price}/scheduling`], ['who-could-come', price && `/availability/why?item_id=${price.split('/')[2]}`],
    ['ratings', '/ratings'], ['ratings-waiting', '/ratings?waiting=true'], ['settings-portal', '/settings/portal'], ['customer-portal', signedIn?.office], ['jobs', '/jobs'], ['recalls', '/recalls'], ['job', job],
    ['maintenance', '/maintenance'], ['maintenance-none', '/maintenance?status=ended'], ['maintenance-new-whom', '/maintenance/new?q=a'], ['maintenance-new', `/maintenance/new?customer_id=${customer.split('/').pop()}`], ['maintenance-plan', planRunning], ['maintenance-plan-rests', plan], ['maintenance-edit', planRunning && `${planRunning}/edit`], ['maintenance-pause', planRunning && `${planRunning}/pause`], ['maintenance-end', planRunning && `${planRunning}/end`], ['maintenance-billing', planRunning && `${planRunning}/billing`], ['maintenance-visit', planVisit],
    ['calendar-technician', tech && `${tech}/calendar-links`], ['calendar-own', tech && `${tech}/busy-calendar`], ['calendar-customer', `${customer}/calendar-links`], ['invoices', '/invoices'], ['invoice-new', '/invoices/new'], ...invoices,
    ['estimates', '/estimates'], ['estimates-none', '/estimates?status=withdrawn'], ['estimate-new-whom', '/estimates/new?q=a'], ['estimate-new', `/estimates/new?customer_id=${customer.split('/').pop()}`], ...estimates, ['estimate-line', line?.split('#')[0]], ['estimate-option', option?.split('#')[0]], ['estimate-add', adding && `${adding.split('#')[0]}&q=a`],
     ['exports', '/exports'], ['export-new', '/exports/new?what=customers'], ['settings', '/settings'],
    ['settings-company', '/settings/company'], ['settings-plan', '/settings/plan'], ['settings-people', '/settings/people'], ['settings-people-new', '/settings/people/new'],
    ['settings-person', person], ['settings-roles', '/settings/roles'], ['settings-tags', '/settings/tags'], ['settings-fields', '/settings/fields'], ['settings-api-keys', '/settings/api-keys'], ['settings-programs', '/settings/service-accounts'], ['settings-program', program], ['settings-audit', '/settings/audit'], ['settings-audit-export', '/settings/audit/export'],
    ['history', customer.replace('customers', 'history')], ['history-job', job.split('?')[0].replace('jobs', 'history')], ['history-then', `${customer.replace('customers', 'history')}?at=${new Date().toISOString()}`],
    ['mail-list', '/settings/email'], ['mail-one', mail], ['mail-blocked', '/settings/email/blocked'], ['mail-sender', '/settings/email/sender'], ['account', '/account'],
    ['not-found', '/nothing-here'], ['customer-gone', '/customers/00000000-0000-7000-8000-000000000000'],
  ];
  const asTechnician = [['tech', '/tech'], ['tech-job', phoneJob], ['tech-sign', phoneDone && `${phoneDone}/sign`], ['tech-done', phoneDone], ['forbidden', '/customers'], ['forbidden-settings', '/settings'], ['tech-account', '/account']];
  const asNobody = [...byLink, ['portal-sign-in', '/portal/sign-in'], ['sign-in', '/sign-in'], ['book', '/book'], ['welcome-bad', '/welcome?token=nothing'], ['confirm-bad', '/confirm?token=nothing'], ['unsubscribe-bad', '/mail/unsubscribe/nothing'], ['problems', '/docs/problems']];
  const atBase = [['front', '/'], ['mailbox', '/mailbox'], ['onboarding', '/onboarding'], ['start-bad', '/start']];

  return [
    { who: 'owner', list: asOwner, cookies: [owner], at: base },
    { who: 'technician', list: asTechnician, cookies: [technician], at: base },
    { who: 'a customer', list: asCustomer, cookies: signedIn ? [signedIn.cookie] : [], at: base },
    { who: 'nobody', list: asNobody, cookies: [], at: base },
    { who: 'the product', list: atBase, cookies: [], at: `http://localhost:${port}` },
  ];
}
