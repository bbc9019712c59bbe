// What came by mail: a server for development keeps it at /mailbox.

/** The link of the newest letter of that subject, if it has one; the letter itself, which says `words`, is read first. */
export async function letter(page, base, subject, words) {
  for (let tries = 0; tries < 120; tries += 1) {
    await page.goto(`${base}/mailbox`);
    const line = page.locator('dt', { hasText: subject }).first();
    if (await line.count()) {
      const there = page.locator(`dt:has-text("${subject}") + dd`).first().getByRole('link', { name: 'Open its link' });
      const link = await there.count() ? await there.getAttribute('href') : null;
      await line.getByRole('link').click();
      await page.locator('pre', { hasText: words }).waitFor();
      return link;
    }
    await page.waitForTimeout(500);
  }
  throw new Error(`no letter says ${subject}`);
}
