// Whom alerts are told, how, and of which rules; what was sent lately and whether it arrived; a trial message to a contact.
// Addresses stay in the configuration: a contact is shown by its name. The worker sends; the page follows what came of it.
import type { FastifyRequest } from 'fastify';
import { recordAct } from '../../store/acts.ts';
import { listNotices, putNotice } from '../../store/alert-notices.ts';
import { transaction } from '../../store/db.ts';
import { actingOf } from '../input.ts';
import type { RegisterPage } from '../routes.ts';

const newest = 50;

export const registerAlertContacts: RegisterPage = (app, context, pages) => {
  const { pool, clock } = context;
  const readSent = async () => {
    const at = clock.now();
    return { at, notices: await listNotices(pool, { limit: newest }) };
  };

  app.get('/admin/alerts/contacts', { config: { page: 'view' } }, async (request, reply) => {
    const { t } = pages.speech(request);
    return pages.page(
      request,
      reply,
      'alerts-contacts',
      { title: t('alerts.contacts.title') },
      { contacts: context.alerts.contacts, ...(await readSent()) },
    );
  });

  app.get('/admin/alerts/contacts/now', { config: { page: 'view', background: true } }, async (request, reply) => {
    const part = pages.part(pages.speech(request).language, 'alerts-sent', await readSent());
    return reply.header('content-type', 'text/html; charset=utf-8').send(part);
  });

  app.post<{ Params: { contact: string } }>(
    '/admin/alerts/contacts/:contact/test',
    { config: { page: 'operate' } },
    async (request: FastifyRequest<{ Params: { contact: string } }>, reply) => {
      const { contact } = request.params;
      const places = context.alerts.contacts.some((one) => one.contact === contact)
        ? context.alerts.places(contact)
        : [];
      if (places.length === 0) return pages.missing(request, reply);
      const now = clock.now();
      await transaction(pool, async (tx) => {
        for (const place of places) await putNotice(tx, { event: 'trial', contact, place, said: {} }, now);
        await recordAct(tx, {
          at: now,
          ...actingOf(request),
          what: 'alert.test',
          subject: contact,
          detail: { places: places.length },
        });
      });
      return reply.redirect('/admin/alerts/contacts?done=alert.tested', 303);
    },
  );
};
