/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Spanish.
 */


export default {
    'product': 'Conferencia',

    'lobby.title': '¿Todo listo?',
    'lobby.speaker': 'Va a entrar en',
    'lobby.view': 'Va a ver',
    'lobby.name': 'Su nombre',
    'lobby.name.example': 'Cómo le llaman los demás',
    'lobby.name.missing': 'Escriba un nombre para que los demás le '
        + 'reconozcan.',
    'lobby.join': 'Entrar',
    'lobby.joining': 'Entrando…',
    'lobby.preview': 'Su cámara',
    'lobby.level': 'Nivel de su micrófono',

    'device.microphone': 'Micrófono',
    'device.camera': 'Cámara',
    'device.speaker': 'Altavoz',
    'device.default': 'El del sistema',
    'device.number': 'Dispositivo {number}',
    'device.insecure': 'Esta página no usa HTTPS y por eso el navegador no '
        + 'le da cámara ni micrófono. Puede entrar a ver y escuchar.',
    'device.microphone.refused': 'El navegador no puede usar el micrófono. '
        + 'Permítalo en la barra de direcciones y actívelo aquí.',
    'device.microphone.missing': 'No se encontró ningún micrófono. Puede '
        + 'entrar sin él o conectar uno.',
    'device.microphone.busy': 'Otro programa usa el micrófono. Ciérrelo e '
        + 'inténtelo de nuevo.',
    'device.microphone.failed': 'No se pudo abrir el micrófono. Pruebe otro.',
    'device.camera.refused': 'El navegador no puede usar la cámara. '
        + 'Permítalo en la barra de direcciones y actívela aquí.',
    'device.camera.missing': 'No se encontró ninguna cámara. Puede entrar '
        + 'sin ella o conectar una.',
    'device.camera.busy': 'Otro programa usa la cámara. Ciérrelo e '
        + 'inténtelo de nuevo.',
    'device.camera.failed': 'No se pudo abrir la cámara. Pruebe otra.',
    'device.screen.refused': 'El navegador no puede compartir la pantalla.',
    'device.screen.missing': 'No hay ninguna pantalla que compartir.',
    'device.screen.busy': 'No se pudo capturar la pantalla. Inténtelo de '
        + 'nuevo.',
    'device.screen.failed': 'No se pudo compartir la pantalla. Inténtelo de '
        + 'nuevo.',
    'device.speaker.failed': 'No se pudo usar este altavoz. Elija otro.',
    'publish.microphone': 'No se pudo enviar su micrófono a la reunión.',
    'publish.camera': 'No se pudo enviar su cámara a la reunión.',

    'control.microphone': 'Micrófono',
    'control.microphone.on': 'Activar el micrófono',
    'control.microphone.off': 'Desactivar el micrófono',
    'control.microphone.choose': 'Elegir micrófono y altavoz',
    'control.camera': 'Cámara',
    'control.camera.on': 'Activar la cámara',
    'control.camera.off': 'Desactivar la cámara',
    'control.camera.choose': 'Elegir una cámara',
    'control.screen': 'Compartir pantalla',
    'control.screen.on': 'Compartir su pantalla',
    'control.screen.off': 'Dejar de compartir su pantalla',
    'control.hand': 'Levantar la mano',
    'control.hand.up': 'Levantar la mano',
    'control.hand.down': 'Bajar la mano',
    'control.leave': 'Salir de la reunión',

    'panel.chat': 'Chat',
    'panel.chat.unread': 'Chat, {count} mensajes sin leer',
    'panel.chat.unread.one': 'Chat, un mensaje sin leer',
    'panel.people': 'Personas',
    'panel.people.count': 'Personas, {count} en la reunión',
    'panel.close': 'Cerrar',
    'panel.full.on': 'Pantalla completa',
    'panel.full.off': 'Salir de la pantalla completa',

    'chat.empty': 'Aún no se ha escrito nada. Todos en la reunión ven los '
        + 'mensajes.',
    'chat.write': 'Escribir a todos',
    'chat.send': 'Enviar',
    'chat.you': 'Usted',
    'chat.left': 'quedan {count} caracteres',
    'chat.failed': 'Su mensaje no se envió. Inténtelo de nuevo.',

    'people.you': '{name} (usted)',
    'people.came': '{name} ha entrado',
    'people.went': '{name} ha salido',
    'people.watches': 'mira',
    'people.microphone.on': 'Micrófono activado',
    'people.microphone.off': 'Micrófono desactivado',
    'people.camera.on': 'Cámara activada',
    'people.camera.off': 'Cámara desactivada',

    'hand.up': 'Mano levantada',
    'hand.failed': 'No se pudo levantar la mano. Inténtelo de nuevo.',

    'tile.video': 'Vídeo de {name}',
    'tile.muted': 'Micrófono desactivado',
    'tile.large': 'Ver en grande',
    'tile.small': 'Ver en la cuadrícula',
    'quality.poor': 'Conexión débil',
    'screen.own': 'Comparte su pantalla',
    'screen.of': '{name} comparte su pantalla',

    'stage.people': 'Personas en la reunión',
    'stage.audience': 'Público',
    'stage.more': 'y {count} más',
    'stage.empty': 'Aún no habla nadie. La reunión empieza aquí en cuanto '
        + 'entre alguien.',
    'stage.listen': 'Pulse para oír la reunión',
    'stage.listen.why': 'El navegador espera una pulsación antes de '
        + 'reproducir el sonido.',
    'stage.controls': 'Controles de la reunión',

    'state.returning': 'Conexión perdida. Volviendo…',

    'refused.full': 'La reunión está llena. Inténtelo cuando alguien salga.',
    'refused.closed': 'La reunión está cerrada. Pida al anfitrión que la '
        + 'abra.',
    'refused.link': 'A esta reunión se entra con su enlace completo. Pídalo al '
                    + 'anfitrión.',
    'refused.unknown': 'Esta reunión no existe. Compruebe el enlace o pida '
        + 'uno nuevo.',
    'refused.taken': 'Alguien está en la reunión con su identidad. '
        + 'Inténtelo de nuevo.',
    'refused.busy': 'Entra demasiada gente en este momento. Inténtelo en '
        + 'unos segundos.',
    'refused.away': 'El servidor no responde. Compruebe su conexión e '
        + 'inténtelo de nuevo.',
    'refused.media': 'No se pudo conectar con la reunión. Quizá lo impida un '
        + 'cortafuegos. Inténtelo de nuevo o use otra red.',
    'refused.other': 'No puede entrar ahora: {detail}',

    'trouble.test': 'Probar la conexión',

    'end.left': 'Ha salido de la reunión',
    'end.elsewhere': 'Ha entrado en la reunión desde otra ventana u otro '
        + 'dispositivo',
    'end.shutdown': 'El servidor se ha detenido',
    'end.removed': 'Le han sacado de la reunión',
    'end.deleted': 'El anfitrión ha borrado la reunión',
    'end.closed': 'El anfitrión ha cerrado la reunión',
    'end.lost': 'Se ha perdido la conexión',
    'end.again': 'Volver a entrar',

    'error.title': 'Aquí no hay nada',
    'error.text': 'Esta página no existe. Compruebe el enlace.',
    'error.room.title': 'Esta reunión no existe',
    'error.room.text': 'Compruebe el enlace o pida uno nuevo.',
    'error.server.title': 'El servidor no puede responder ahora',
    'error.server.text': 'Se está reiniciando o ha perdido su base de datos. '
        + 'Inténtelo dentro de un momento.',
    'error.home': 'Ir al panel',
    'error.again': 'Reintentar',

    'sign.title': 'Iniciar sesión',
    'sign.text': 'Cree salas y compártalas con un enlace.',
    'sign.user': 'Usuario o correo electrónico',
    'sign.password': 'Contraseña',
    'sign.in': 'Iniciar sesión',
    'sign.out': 'Cerrar sesión',
    'sign.wrong': 'El usuario o la contraseña no son correctos.',
    'sign.ended': 'Su sesión ha terminado. Inicie sesión de nuevo.',

    'api.away': 'El servidor no responde. Compruebe su conexión e inténtelo '
        + 'de nuevo.',
    'api.failed': 'No ha funcionado. Inténtelo de nuevo.',

    'rooms.title': 'Salas',
    'rooms.count': '{count} salas',
    'rooms.count.one': 'Una sala',
    'rooms.search': 'Buscar salas',
    'rooms.new': 'Nueva sala',
    'rooms.loading': 'Cargando las salas…',
    'rooms.empty.title': 'Aún no hay salas',
    'rooms.empty.text': 'Una sala es una reunión con su propio enlace. Cree '
        + 'la primera y envíe el enlace.',
    'rooms.none': 'Ninguna sala coincide con «{search}».',
    'rooms.before': 'Más nuevas',
    'rooms.after': 'Más antiguas',
    'rooms.range': '{from}–{to} de {count}',
    'rooms.pages': 'Páginas de salas',

    'room.active': 'Abierta',
    'room.inactive': 'Cerrada',
    'room.audio': 'Solo audio',
    'room.people': '{count} de {max} personas',
    'room.people.any': 'Personas: {count}',
    'room.since': 'creada el {day}',
    'room.open': 'Entrar',
    'room.share': 'Compartir',
    'room.edit': 'Editar',
    'room.close': 'Cerrar la sala',
    'room.reopen': 'Abrir la sala',
    'room.delete': 'Borrar',
    'room.closed': '«{name}» está cerrada. Todos han tenido que salir.',
    'room.opened': '«{name}» está abierta.',
    'room.deleted': '«{name}» se ha borrado.',
    'room.saved': '«{name}» se ha guardado.',
    'room.created': '«{name}» se ha creado.',

    'form.new': 'Nueva sala',
    'form.edit': 'Editar la sala',
    'form.name': 'Nombre',
    'form.name.example': 'Reunión semanal',
    'form.name.wrong': 'Dé a la sala un nombre de 200 caracteres como '
        + 'máximo.',
    'form.max': 'Máximo de personas',
    'form.max.any': 'sin límite',
    'form.max.wrong': 'Escriba un número del 1 al 10000.',
    'form.media': 'Qué se puede enviar',
    'form.media.video': 'Vídeo y audio',
    'form.media.audio': 'Solo audio',
    'form.active': 'Abierta: se puede entrar',
    'form.chat': 'Chat',
    'form.screen': 'Compartir pantalla',
    'form.advanced': 'Avanzado',
    'form.webhook': 'Dirección del webhook',
    'form.webhook.text': 'Se avisa a este programa de lo que pasa en la sala.',
    'form.webhook.wrong': 'Esto no es una dirección. Es como '
        + 'https://backend.example.com/events.',
    'form.cancel': 'Cancelar',
    'form.create': 'Crear la sala',
    'form.save': 'Guardar',

    'delete.title': '¿Borrar «{name}»?',
    'delete.text': 'Todos los que están en ella saldrán y sus enlaces '
        + 'dejarán de funcionar. No se puede deshacer.',
    'delete.do': 'Borrar la sala',

    'share.title': 'Compartir «{name}»',
    'share.speaker': 'Enlace de la reunión',
    'share.speaker.text': 'Quien lo abre puede hablar y mostrar.',
    'share.view': 'Enlace para ver',
    'share.view.text': 'Quien lo abre puede ver y escribir.',
    'share.iframe': 'Insertar en una página',
    'share.iframe.text': 'Péguelo en el HTML de su sitio.',
    'share.close': 'Hecho',

    'copy.do': 'Copiar',
    'copy.done': 'Copiado',
    'copy.failed': 'El navegador no permite copiar. Seleccione el texto y '
        + 'cópielo.',

    'token.title': 'Token de la API',
    'token.text': 'Los programas lo envían en la cabecera x-access-token. '
        + 'Guárdelo en secreto: quien lo tiene puede hacer todo lo que usted '
        + 'puede.',
    'token.show': 'Mostrar',
    'token.hide': 'Ocultar',
    'token.rotate': 'Sustituir el token',
    'token.rotate.text': 'El token actual deja de valer al instante: '
        + 'actualice todos los programas que lo usan.',
    'token.rotate.do': 'Sustituirlo ahora',
    'token.rotated': 'El token se ha sustituido.',
};
