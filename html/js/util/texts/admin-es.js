/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Spanish, of the settings, the users and one's own account.
 */


export default {
    'account.menu': 'Cuenta de {name}',
    'account.password': 'Cambiar la contraseña',

    'view.all': 'Vistas',
    'view.rooms': 'Salas',
    'view.settings': 'Ajustes',
    'view.users': 'Usuarios',
    'view.test': 'Prueba de conexión',

    'role.admin': 'Administrador',
    'role.member': 'Miembro',

    'password.of': 'Nueva contraseña de {name}',
    'password.old': 'Contraseña actual',
    'password.old.wrong': 'Escriba la contraseña con la que ha iniciado '
        + 'sesión.',
    'password.old.no': 'La contraseña actual no es correcta.',
    'password.password': 'Nueva contraseña',
    'password.password.wrong': 'Escriba al menos 8 caracteres.',
    'password.repeat': 'Nueva contraseña otra vez',
    'password.repeat.wrong': 'Las dos no son iguales.',
    'password.text': 'Terminan todas las sesiones y los tokens de la API de '
        + 'este usuario.',
    'password.own.text': 'Terminan sus otras sesiones y todos sus tokens de '
        + 'la API.',
    'password.changed': 'Su contraseña se ha cambiado.',

    'users.new': 'Nuevo usuario',
    'users.count': '{count} usuarios',
    'users.count.one': 'Un usuario',
    'users.you': 'usted',

    'user.edit': 'Editar el usuario',
    'user.password': 'Poner una nueva contraseña',
    'user.delete': 'Borrar',
    'user.name': 'Nombre de usuario',
    'user.name.wrong': 'Escriba un nombre.',
    'user.email': 'Correo electrónico',
    'user.email.wrong': 'No es una dirección de correo.',
    'user.password.wrong': 'Escriba al menos 8 caracteres.',
    'user.role': 'Función',
    'user.role.text': 'Los miembros ven sus propias salas. Los '
        + 'administradores ven todas las salas, los ajustes y los usuarios.',
    'user.role.last': 'Tiene que haber un administrador, y este es el único.',
    'user.create': 'Crear el usuario',
    'user.created': '«{name}» se ha creado.',
    'user.saved': '«{name}» se ha guardado.',
    'user.deleted': '«{name}» se ha borrado.',
    'user.delete.text': 'Este usuario ya no podrá iniciar sesión y sus '
        + 'tokens de la API dejarán de valer. No se puede deshacer.',
    'user.delete.do': 'Borrar el usuario',

    'settings.version': 'Versión {version}',

    'names.title': 'Nombres',
    'names.text': 'Con estos nombres las personas y los programas encuentran '
        + 'este servidor. Puede ser el mismo para todo.',
    'names.no.agent': 'El paquete instalado configura los nombres en el '
        + 'servidor. Esta instancia funciona sin él: los nombres se guardan '
        + 'y no pasa nada más.',
    'names.one': 'Un nombre para todo',
    'names.domain_name': 'Dominio',
    'names.domain_name.text': 'Panel, reuniones y API.',
    'names.domain_name.example': 'meet.example.com',
    'names.streaming_domain_name': 'Dominio de streaming',
    'names.streaming_domain_name.text': 'Emisiones en directo y '
        + 'reproductores.',
    'names.streaming_domain_name.example': 'live.example.com',
    'names.webrtc_domain_name': 'Dominio de WebRTC',
    'names.webrtc_domain_name.text': 'Señalización de reuniones, WHIP y '
        + 'WHEP.',
    'names.webrtc_domain_name.example': 'rtc.example.com',
    'names.turn_domain_name': 'Dominio de TURN',
    'names.turn_domain_name.text': 'Relé para quien está detrás de un '
        + 'cortafuegos.',
    'names.turn_domain_name.example': 'turn.example.com',
    'names.cdn_domain_name': 'Dominio de CDN (opcional)',
    'names.cdn_domain_name.text': 'Una red de distribución delante del '
        + 'dominio de streaming.',
    'names.cdn_domain_name.example': 'cdn.example.com',
    'names.wrong': 'No es un nombre de servidor. Es como meet.example.com.',
    'names.missing': 'Escriba un nombre.',
    'names.save': 'Guardar los nombres',
    'names.check': 'Comprobar de nuevo',
    'names.saved': 'Los nombres se han guardado.',
    'names.queued': 'Los nombres se han guardado. El servidor se está '
        + 'configurando para ellos.',
    'names.moved': 'El panel se ha mudado, y los enlaces con el nombre '
        + 'anterior ya no funcionan. Inicie sesión de nuevo en',
    'names.checking': 'Los nombres se están comprobando.',
    'names.role.domain': 'Web',
    'names.role.streaming': 'Streaming',
    'names.role.webrtc': 'WebRTC',
    'names.role.turn': 'TURN',

    'dns.ok': 'El DNS lleva a este servidor ({addresses})',
    'dns.wrong': 'El DNS lleva a otra parte: {addresses}',
    'dns.none': 'El DNS no conoce este nombre: añada un registro',
    'dns.unknown': 'El DNS no se ha comprobado',
    'reach.checking': 'Probando HTTPS desde este navegador…',
    'reach.yes': 'HTTPS funciona desde este navegador',
    'reach.no': 'Sin HTTPS desde este navegador: compruebe el puerto 443 y '
        + 'el certificado',
    'certificate.ok': 'Certificado de {issuer}, hasta el {until} ({count} '
        + 'días)',
    'certificate.ok.one': 'Certificado de {issuer}, hasta el {until} (un día)',
    'certificate.expiring': 'El certificado de {issuer} termina el {until}, '
        + 'en {count} días',
    'certificate.expiring.one': 'El certificado de {issuer} termina el '
        + '{until}, en un día',
    'certificate.expired': 'El certificado de {issuer} terminó el {until}',
    'certificate.missing': 'No hay certificado para este nombre',

    'job.all': 'Trabajo en el servidor',
    'job.http': 'Nombres',
    'job.letsencrypt': 'Let’s Encrypt',
    'job.keep': 'Certificado',
    'job.dns': 'DNS',
    'job.queued': 'en espera',
    'job.running': 'en curso…',
    'job.done': 'hecho',
    'job.failed': 'ha fallado',

    'ssl.title': 'Certificado',
    'ssl.text': 'Los navegadores solo dan la cámara y el micrófono a páginas '
        + 'seguras. Un certificado vale para todos los nombres.',
    'ssl.letsencrypt': 'Let’s Encrypt',
    'ssl.own': 'Certificado propio',
    'ssl.expiring': 'El certificado de {name} termina en {count} días. '
        + 'Renuévelo o la gente verá avisos en vez de su reunión.',
    'ssl.expiring.one': 'El certificado de {name} termina en un día. '
        + 'Renuévelo o la gente verá avisos en vez de su reunión.',
    'ssl.expired': 'El certificado de {name} ha caducado. Los navegadores no '
        + 'abren la página: renuévelo ahora.',
    'ssl.no.agent': 'Let’s Encrypt necesita el paquete instalado. Esta '
        + 'instancia funciona sin él; un certificado propio vale.',
    'ssl.no.names': 'Guarde primero los nombres: el certificado se hace para '
        + 'ellos.',
    'ssl.email': 'Correo electrónico (opcional)',
    'ssl.email.text': 'Let’s Encrypt escribe ahí cuando algo va mal con el '
        + 'certificado.',
    'ssl.staging': 'Solo practicar (staging)',
    'ssl.staging.text': 'Hace un certificado en el que los navegadores no '
        + 'confían, para ver si todo está listo. El verdadero tiene pocos '
        + 'intentos por semana.',
    'ssl.acme': 'Servidor ACME',
    'ssl.server': 'Servidor ACME',
    'ssl.server.text': 'La dirección de su directorio. Vacío: Let’s Encrypt.',
    'ssl.request': 'Obtener el certificado',
    'ssl.queued': 'El certificado se ha pedido. Tarda un minuto más o menos.',
    'ssl.for': 'Para',
    'ssl.for.all': 'Todos los nombres',
    'ssl.store': 'Usar este certificado',
    'ssl.stored': 'El certificado está en uso para {names}.',

    'pem.file': 'Elegir un archivo',
    'pem.missing': 'Péguelo o elija un archivo.',
    'pem.certificate': 'Cadena de certificados',
    'pem.certificate.text': 'En PEM: primero el certificado del servidor, '
        + 'luego los intermedios (fullchain.pem).',
    'pem.certificate.example': '-----BEGIN CERTIFICATE-----',
    'pem.key': 'Clave privada',
    'pem.key.text': 'En PEM, sin contraseña (privkey.pem). Se guarda cifrada '
        + 'y no se vuelve a mostrar.',
    'pem.key.example': '-----BEGIN PRIVATE KEY-----',

    'brand.title': 'Marca',
    'brand.text': 'Qué aspecto tienen las reuniones y qué sitios pueden '
        + 'mostrarlas.',
    'brand.name': 'Nombre',
    'brand.logo': 'Logotipo',
    'brand.logo.choose': 'Elegir una imagen',
    'brand.logo.remove': 'Quitar',
    'brand.logo.text': 'PNG, JPEG, WebP o SVG. Se reduce lo necesario.',
    'brand.logo.wrong': 'Esta imagen no se puede usar. Un SVG puede tener '
        + '24 KB como máximo.',
    'brand.accent': 'Color',
    'brand.accent.pick': 'Elegir un color',
    'brand.accent.text': 'Es el de los botones; los textos en él se hacen '
        + 'legibles.',
    'brand.accent.wrong': 'Un color es como #3b5bdb.',
    'brand.embedding': 'Quién puede mostrar reuniones en un marco',
    'brand.embedding.all': 'Cualquier sitio',
    'brand.embedding.some': 'Solo estos sitios',
    'brand.embedding.none': 'Ningún sitio',
    'brand.origins': 'Sitios, uno por línea',
    'brand.origins.wrong': '«{origin}» no es un sitio. Es como '
        + 'https://www.example.com.',
    'brand.saved': 'La marca se ha guardado.',

    'keys.title': 'Acceso a la API',
    'keys.text': 'Para programas que crean salas o entran en reuniones.',
    'keys.livekit': 'Par de claves de LiveKit',
    'keys.livekit.text': 'Los SDK de LiveKit firman con él sus tokens de '
        + 'acceso.',
    'keys.key': 'Clave de la API',
    'keys.secret': 'Secreto de la API',
    'keys.rotate': 'Sustituir el par',
    'keys.rotate.title': '¿Sustituir el par de claves?',
    'keys.rotate.text': 'El par actual deja de valer al instante: actualice '
        + 'todos los programas que lo usan. Las reuniones en curso siguen.',
    'keys.rotate.do': 'Sustituirlo ahora',
    'keys.rotated': 'El par de claves se ha sustituido.',
    'keys.token': 'Mostrar el token de la API',
    'keys.others': 'Otras claves',
    'keys.others.text': 'Una por programa: se sustituye o se elimina sola. '
        + 'Todas valen como el par de arriba.',
    'keys.new': 'Nueva clave',
    'keys.create': 'Crear la clave',
    'keys.label': 'Para qué es',
    'keys.label.text': 'Para usted; los programas no lo ven.',
    'keys.label.example': 'Web de reservas',
    'keys.no.label': 'Sin nombre',
    'keys.made': 'La clave se ha creado.',
    'keys.renewed': 'El secreto se ha sustituido.',
    'keys.pair': 'Clave y secreto',
    'keys.once': 'Copie el secreto ahora: se guarda cifrado y no se vuelve a '
        + 'mostrar.',
    'keys.done': 'Hecho',
    'keys.renew': 'Nuevo secreto',
    'keys.renew.title': '¿Nuevo secreto para «{name}»?',
    'keys.renew.text': 'El secreto actual deja de valer al instante: '
        + 'actualice el programa que lo usa. Las reuniones en curso siguen.',
    'keys.renew.do': 'Crear un nuevo secreto',
    'keys.remove': 'Eliminar',
    'keys.remove.title': '¿Eliminar «{name}»?',
    'keys.remove.text': 'Los programas con esta clave ya no podrán hacer '
        + 'nada. Las reuniones en curso siguen. No se puede deshacer.',
    'keys.remove.do': 'Eliminar la clave',
    'keys.removed': 'La clave se ha eliminado.',

    'hooks.title': 'Webhooks',
    'hooks.text': 'Programas a los que se avisa de lo que pasa en las salas: '
        + 'quién entra y sale, qué se envía.',
    'hooks.urls': 'Direcciones, una por línea',
    'hooks.wrong': '«{url}» no es una dirección. Es como '
        + 'https://backend.example.com/events.',
    'hooks.many': 'Puede haber {count} direcciones como máximo.',
    'hooks.key': 'Firmados con',
    'hooks.key.own': 'El par de claves de LiveKit de este servidor',
    'hooks.key.text': 'Con esta clave comprueba el programa que fue este '
        + 'servidor.',
    'hooks.saved': 'Los webhooks se han guardado.',

    'backup.title': 'Copia de seguridad',
    'backup.text': 'Todas las salas, los usuarios y los ajustes en un '
        + 'archivo.',
    'backup.keys': 'Con claves privadas',
    'backup.keys.text': 'También los certificados y los secretos van al '
        + 'archivo. Guárdelo tan seguro como el propio servidor.',
    'backup.export': 'Exportar',
    'backup.import': 'Importar un archivo',
    'backup.wrong': '«{name}» no es una exportación de este producto.',
    'backup.import.title': '¿Importar «{file}»?',
    'backup.import.text': 'Todas las salas, los usuarios y los ajustes de '
        + 'este servidor se sustituyen por los del archivo (salas: {rooms}, '
        + 'usuarios: {users}). Los certificados y las claves se quedan. No se '
        + 'puede deshacer.',
    'backup.import.keys': 'Todas las salas, los usuarios, los ajustes, los '
        + 'certificados y las claves de este servidor se sustituyen por los '
        + 'del archivo (salas: {rooms}, usuarios: {users}). No se puede '
        + 'deshacer.',
    'backup.import.name': 'El servidor recibe también sus nombres: {name}.',
    'backup.import.do': 'Sustituir todo',
    'backup.exported': 'La exportación está en sus descargas.',
    'backup.imported': 'Importado. Salas: {rooms}, usuarios: {users}.',
};
