import { ProgramCommand, description, summary } from '../../command.js';

export default class Check extends ProgramCommand {
  static summary = summary('check');
  static description = description('check');
  static examples = ['<%= config.bin %> <%= command.id %> force-app', '<%= config.bin %> <%= command.id %> --preset all --json'];
  static program = 'check';
}
